from __future__ import annotations

import dataclasses
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from lab_jobs import make_lab
from saves import make_save
from tiny import make_classifier, make_dataset, write_dataset

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import (
    EngineLoaded,
    Message,
    RecordingStalled,
    Remark,
    RoundFinished,
    RoundsOpened,
    TrainingProgress,
    Working,
    WorkTimed,
)
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.core.round_report import RoundReport, matrix
from fooler_gui.core.rounds_presets import NGUYEN, ROUNDS_PRESETS
from fooler_gui.core.rounds_spec import (
    CONTROL,
    GUARANTEE,
    NOISE_ONLY,
    NONE_CLASS,
    POLICIES,
    RoundsSettings,
    RoundsSpec,
    default_rounds,
)
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import ROUND
from fooler_gui.core.settings import MethodSettings, SettingError, article_coefficients
from fooler_gui.core.work_time import rounds_work
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.cost.references import References
from fooler_gui.engine.descent import fresh_attack
from fooler_gui.engine.guarantee.network import densities_of
from fooler_gui.engine.machine import machine
from fooler_gui.engine.mending import honesty
from fooler_gui.engine.mending.round_images import given_images
from fooler_gui.engine.mending.round_training import round_examples
from fooler_gui.engine.mending.training import accuracy_on
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.records import recording, rounds_folder
from fooler_gui.records.entries import RecordError
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.rounds_folder import RoundImages, RoundsFolder, RoundsRecord, round_path
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.save_codec import RunShape
from fooler_gui.records.training_history import read_training_history
from fooler_gui.records.training_record import TrainingRecord

LAYERS = ("inputs", "conv0", "fc")
SMALL = {
    "rounds": 2,
    "images_per_label": 4,
    "steps_per_round": 6,
    "stages": 3,
    "digits": 24,
    "noise": 5,
    "blanks": 2,
    "batch_size": 8,
    "learning_rate": 0.01,
}
FOUND = 3 * 4


@pytest.fixture(scope="module", autouse=True)
def _little_evaluation() -> Iterator[None]:
    """Evaluates over so few steps that a round takes a second; what is evaluated stays the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fresh_attack, "WITHIN", (2, 4, 6))
        patch.setattr(honesty, "STEPS", 4)
        yield


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("classifiers") / "first.keras"
    save_classifier(make_classifier(class_names=("0", "1", "2"), factor=2.0), path, 0.5)
    return str(path)


@pytest.fixture(scope="module")
def dropping_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A classifier that draws random numbers while it is trained, with the layers of the other one."""
    path = tmp_path_factory.mktemp("classifiers") / "dropping.keras"
    layers = keras.layers
    keras.utils.set_random_seed(3)
    convolution = [layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(), layers.Dropout(0.25)]
    dense = [layers.Flatten(), layers.Dense(5, activation="relu"), layers.Dropout(0.5)]
    network = keras.Sequential([keras.Input((8, 8, 1)), *convolution, *dense, layers.Dense(3, activation="softmax")])
    save_classifier(Classifier(network, ("0", "1", "2")), path, 0.5)
    return str(path)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("second") / "second.keras"
    save_classifier(make_classifier(class_names=("0", "1", "2"), rng_seed=9), path, 0.5)
    return str(path)


@pytest.fixture(scope="module")
def perform(dataset_path: Path, second: str) -> Callable[..., list[Message]]:
    def run(spec: RoundsSpec, folder: Path, stop_at: Callable[[Message], bool] | None = None) -> list[Message]:
        lab = make_lab(dataset_path)
        control = RunControl()
        messages = []
        for message in lab.perform(jobs.PerformRounds(spec=spec, folder=str(folder), second_opinion=second), control):
            if isinstance(message, EngineLoaded):
                continue
            messages.append(message)
            if stop_at is not None and stop_at(message):
                control.stop()
        return messages

    return run


@pytest.fixture(scope="module")
def one_round(path: str, tmp_path_factory: pytest.TempPathFactory, perform: Callable[..., list[Message]]) -> Path:
    """The folder of one round with a control; to be copied."""
    folder = tmp_path_factory.mktemp("one") / "rounds"
    perform(spec_of_one_round(path), folder)
    return folder


@pytest.fixture
def copied(one_round: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(one_round, tmp_path / "copied"))


def spec_of_one_round(path: str) -> RoundsSpec:
    return default_rounds(path, LAYERS, control=True, **(SMALL | {"rounds": 1}))


def reports(messages: list[Message]) -> tuple[RoundReport, ...]:
    return tuple(message.report for message in messages if isinstance(message, RoundFinished))


def comparable(report: RoundReport) -> RoundReport:
    """Without what depends on the place and the hour."""
    return dataclasses.replace(
        report,
        seconds=0.0,
        classifier=Path(report.classifier).name,
        control=Path(report.control).name,
    )


def images_of(folder: Path, number: int) -> RoundImages:
    return RoundsFolder(folder).read_images(number, (8, 8, 1), 3)


def weights_in(path: str) -> list[np.ndarray]:
    return load_classifier(Path(path))[0].network.get_weights()


def test_rounds_grow_the_pool_and_leave_what_they_made(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]]
) -> None:
    messages = perform(default_rounds(path, LAYERS, control=True, **SMALL), tmp_path / "rounds")
    made = reports(messages)
    assert [report.number for report in made] == [0, 1, 2]
    assert [report.pool for report in made] == [0, FOUND * 3, FOUND * 3 * 2]
    assert [report.images for report in made] == [0, FOUND, FOUND]
    assert made[0].classifier == path
    for report in made[1:]:
        assert (tmp_path / "rounds" / f"round-{report.number:02}" / "report.json").is_file()
        assert Path(report.classifier).is_file()
        assert Path(report.control).is_file()
        assert report.seconds > 0
    (_, first, _) = (message for message in messages if isinstance(message, RoundFinished))
    stages = images_of(tmp_path / "rounds", 1).stages
    np.testing.assert_array_equal(first.images, stages[-1].reshape(3, 4, 8, 8, 1))
    assert first.probabilities.shape == (3, 4)
    changed = [weights_in(report.classifier)[0] for report in made]
    assert not np.array_equal(changed[0], changed[1])
    assert not np.array_equal(changed[1], changed[2])
    assert any(isinstance(message, TrainingProgress) for message in messages)
    fractions = [message.fraction for message in messages if isinstance(message, Working) and message.fraction]
    assert all(0 < fraction <= 1 for fraction in fractions)


def test_the_parts_that_are_timed_are_those_the_work_was_said_to_have(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]]
) -> None:
    spec = default_rounds(path, LAYERS, control=True, **SMALL)
    timed: Counter[str] = Counter()
    for message in perform(spec, tmp_path):
        if isinstance(message, WorkTimed):
            assert min(message.operations, message.images, message.seconds) > 0
            timed[message.part] += message.times
    said = {part: times for part, _, times in rounds_work(spec.settings, 3, with_penalties=False)}
    assert timed.keys() == said.keys()
    assert [timed[part] for part in ("driving", "attacking")] == [said[part] for part in ("driving", "attacking")]
    trainings = 2 * 2
    assert said["training in a round"] <= timed["training in a round"] < said["training in a round"] + trainings


def test_the_matrix_is_what_the_files_say(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]], dataset_path: Path
) -> None:
    made = reports(perform(default_rounds(path, LAYERS, **SMALL), tmp_path))
    scores = matrix(made)
    assert [len(row) for row in scores] == [3, 3]
    for row in (1, 2):
        found = images_of(tmp_path, row)
        stages, labels, probabilities = found.stages, found.labels, found.probabilities
        assert stages.shape == (3, FOUND, 8, 8, 1)
        assert labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
        for column, report in enumerate(made):
            classifier, _ = load_classifier(Path(report.classifier))
            own = classifier.probabilities(stages[-1])[np.arange(FOUND), labels]
            assert scores[row - 1][column] == pytest.approx(float(own.mean()), rel=1e-5)
            if column == row - 1:
                np.testing.assert_allclose(probabilities, own, rtol=1e-4, atol=1e-6)
                assert made[row].found == int((probabilities > 0.999).sum())
    dataset = make_lab(dataset_path).dataset
    for report in made:
        classifier, _ = load_classifier(Path(report.classifier))
        assert report.test_accuracy == accuracy_on(classifier, dataset.test_images, dataset.test_labels)


@pytest.mark.parametrize(("number", "given"), [(1, [False, True, False, False]), (2, [True, False, False, False])])
def test_of_a_round_only_starts_that_may_show_a_class_are_left_out(number: int, given: list[bool]) -> None:
    starts, settings = ("uniform", "faint"), RoundsSettings(images_per_label=2)
    spec = dataclasses.replace(default_rounds("first.keras", ("inputs", "fc")), starts=starts, settings=settings)
    # Of label 3, round 1 starts from uniform noise first, and round 2 from a faint image first.
    images = np.zeros((1, 4, 4, 4, 1), np.float32)
    begun = np.array([0.9999, 0.9999, 0.1, 0.999], np.float32)
    found = RoundImages(stages=images, labels=np.array([3, 3, 5, 5]), probabilities=begun, begun=begun)
    assert given_images(found, spec, number).tolist() == given


def test_images_are_driven_towards_their_labels(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]]
) -> None:
    spec = default_rounds(path, LAYERS, **(SMALL | {"rounds": 1, "steps_per_round": 60}))
    perform(spec, tmp_path)
    found = images_of(tmp_path, 1)
    stages, labels = found.stages, found.labels
    classifier, _ = load_classifier(Path(path))
    early, late = (classifier.probabilities(images)[np.arange(FOUND), labels] for images in (stages[0], stages[-1]))
    assert late.mean() > early.mean()


@pytest.mark.parametrize("net", ["path", "dropping_path"])
def test_a_stop_keeps_the_finished_rounds_and_going_on_equals_an_unbroken_run(
    net: str, request: pytest.FixtureRequest, tmp_path: Path, perform: Callable[..., list[Message]]
) -> None:
    spec = default_rounds(request.getfixturevalue(net), LAYERS, control=True, **SMALL)
    unbroken = reports(perform(spec, tmp_path / "unbroken"))
    trainings = 0

    def in_the_second_round(message: Message) -> bool:
        nonlocal trainings
        trainings += isinstance(message, RoundFinished) and message.report.number == 1
        return trainings > 0 and isinstance(message, TrainingProgress)

    stopped = reports(perform(spec, tmp_path / "stopped", in_the_second_round))
    assert [report.number for report in stopped] == [0, 1]
    assert not (tmp_path / "stopped" / "round-02" / "report.json").exists()
    gone_on = reports(perform(spec, tmp_path / "stopped"))
    assert [report.number for report in gone_on] == [0, 1, 2]
    assert gone_on[:2] == stopped
    assert list(map(comparable, gone_on)) == list(map(comparable, unbroken))
    for one, other in zip(gone_on[1:], unbroken[1:], strict=True):
        for kind in ("classifier", "control"):
            for mine, theirs in zip(weights_in(getattr(one, kind)), weights_in(getattr(other, kind)), strict=True):
                np.testing.assert_array_equal(mine, theirs)


def test_rounds_that_go_on_elsewhere_say_so(path: str, copied: Path, perform: Callable[..., list[Message]]) -> None:
    spec = default_rounds(path, LAYERS, control=True, **SMALL)
    noted = (copied / "rounds.toml").read_text()
    processor = f"processor = {json.dumps(machine()['processor'])}"
    assert processor in noted
    (copied / "rounds.toml").write_text(noted.replace(processor, 'processor = "Z80"'))
    remarks = [message for message in perform(spec, copied) if isinstance(message, Remark)]
    assert [remark.sentence for remark in remarks] == [
        f"The rounds so far were made differently: processor (Z80, now {machine()['processor']}). "
        "Further rounds may differ."
    ]
    assert not any(isinstance(message, Remark) for message in perform(spec, copied))


def test_rounds_of_a_classifier_that_cannot_be_trained_are_refused_at_once(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]]
) -> None:
    classifier, _ = load_classifier(Path(path))
    classifier.network.trainable = False
    save_classifier(classifier, tmp_path / "frozen.keras", 0.5)
    with pytest.raises(LabError, match="all of its layers are frozen"):
        perform(default_rounds(str(tmp_path / "frozen.keras"), LAYERS, **SMALL), tmp_path / "rounds")
    assert not (tmp_path / "rounds").exists()


def test_rounds_have_not_ended_for_as_long_as_they_go_on(
    path: str, copied: Path, perform: Callable[..., list[Message]]
) -> None:
    ended = []

    def stop_at(message: Message) -> bool:
        ended.append(RoundsRecord.read(copied).ended)
        return isinstance(message, Working)

    perform(default_rounds(path, LAYERS, control=True, **SMALL), copied, stop_at)
    assert ended
    assert not any(ended)
    assert RoundsRecord.read(copied).ended


def test_more_rounds_go_on_where_fewer_ended(path: str, copied: Path, perform: Callable[..., list[Message]]) -> None:
    messages = perform(default_rounds(path, LAYERS, control=True, **SMALL), copied)
    assert [report.number for report in reports(messages)] == [0, 1, 2]
    assert [type(message) for message in messages[:2]] == [RoundFinished, RoundFinished]


@pytest.mark.parametrize("policy", POLICIES)
def test_policies_give_the_right_images_and_labels(policy: str, path: str, dataset_path: Path) -> None:
    dataset = make_lab(dataset_path).dataset
    settings = default_rounds(path, LAYERS, policy=policy, **SMALL).settings
    classifier = make_classifier(class_names=("0", "1", "2", "none") if policy == NONE_CLASS else ("0", "1", "2"))
    classifier.has_none_class = policy == NONE_CLASS
    found = [np.full((6, 8, 8, 1), 0.25, np.float32), np.full((6, 8, 8, 1), 0.75, np.float32)]
    examples = round_examples(classifier, dataset, found, settings, 2)
    with_found = 2 * 6 + 5 + 2
    of_nothing = {NOISE_ONLY: 5 + 2, CONTROL: 0}.get(policy, with_found)
    assert len(examples.images) == 24
    assert len(examples.extra_images) == of_nothing
    images, targets = examples.batch(np.arange(len(examples)))
    np.testing.assert_array_equal(targets[:24].argmax(axis=1), examples.labels)
    np.testing.assert_array_equal(targets[:24].sum(axis=1), np.ones(24))
    nothing = [0, 0, 0, 1] if policy == NONE_CLASS else [1 / 3] * 3
    np.testing.assert_allclose(targets[24:], np.tile(nothing, (of_nothing, 1)), rtol=1e-6)
    assert (images[24:] == 0).all(axis=(1, 2, 3)).sum() == (0 if policy == CONTROL else 2)
    assert (images == np.float32(0.25)).all(axis=(1, 2, 3)).sum() == (6 if settings.trains_on_found else 0)
    control = round_examples(make_classifier(), dataset, [], settings.as_control(), 2)
    np.testing.assert_array_equal(control.images, examples.images)
    assert len(control.extra_images) == 0


def test_a_class_of_its_own_stays_for_all_rounds_and_can_be_opened(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]], dataset_path: Path
) -> None:
    made = reports(perform(default_rounds(path, LAYERS, policy=NONE_CLASS, control=True, **SMALL), tmp_path))
    for report in made[1:]:
        assert load_classifier(Path(report.classifier))[0].class_names == ("0", "1", "2", "none")
        assert load_classifier(Path(report.control))[0].class_names == ("0", "1", "2")
    lab = make_lab(dataset_path)
    list(lab.perform(jobs.OpenClassifier(path=made[-1].classifier), RunControl()))
    assert lab.classifier_info.class_names[-1] == "none"
    nowhere = jobs.Prepare(labels=(3,), method=default_rounds(path, LAYERS).method)
    with pytest.raises(SettingError, match="A label must be from 0 to 2; received 3"):
        list(lab.perform(nowhere, RunControl()))


@pytest.fixture(scope="module")
def many_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a dataset with enough images for a guarantee."""
    return write_dataset(make_dataset(a_class=210), tmp_path_factory.mktemp("many") / "many.npz")


def with_guarantee_made(
    path: str, folder: Path, images: Path, rounds: int, stop_at: Callable[[Message], bool] | None = None
) -> list[Message]:
    control = RunControl()
    spec = default_rounds(path, LAYERS, policy=GUARANTEE, control=True, **(SMALL | {"rounds": rounds}))
    messages = []
    for message in make_lab(images).perform(
        jobs.PerformRounds(spec=spec, folder=str(folder), second_opinion=""), control
    ):
        messages.append(message)
        if stop_at is not None and stop_at(message):
            control.stop()
    return messages


def is_fitting(message: Message) -> bool:
    return isinstance(message, Working) and message.sentence.startswith("Fitting the density")


def test_a_guarantee_is_fitted_in_the_first_round_and_stays(path: str, tmp_path: Path, many_images: Path) -> None:
    messages = with_guarantee_made(path, tmp_path, many_images, 2)
    made = reports(messages)
    assert made[0].certified is None
    assert all(report.certified is not None and report.certified > 0 for report in made[1:])
    assert [report.pool for report in made] == [0, FOUND * 3, FOUND * 3 * 2]
    first, second = (load_classifier(Path(report.classifier))[0] for report in made[1:])
    densities = [densities_of(classifier, "round").inside for classifier in (first, second)]
    np.testing.assert_array_equal(densities[0].centres, densities[1].centres)
    assert not np.array_equal(
        first.network.get_layer("fc").get_weights()[0], second.network.get_layer("fc").get_weights()[0]
    )
    assert not any(load_classifier(Path(report.control))[0].has_guarantee for report in made[1:])
    fitting = [place for place, message in enumerate(messages) if is_fitting(message)]
    finished = [place for place, message in enumerate(messages) if isinstance(message, RoundFinished)]
    assert finished[0] < fitting[0]
    assert fitting[-1] < finished[1]
    settings = RoundsSettings(policy=GUARANTEE, control=True, **(SMALL | {"rounds": 2}))
    said = {part for part, _, _ in rounds_work(settings, 3, with_penalties=False)}
    timed = [message for message in messages if isinstance(message, WorkTimed)]
    assert {message.part for message in timed} == said
    assert len({message.operations for message in timed}) == 1


def test_rounds_stopped_while_a_guarantee_is_fitted_go_on_to_the_same_weights(
    path: str, tmp_path: Path, many_images: Path
) -> None:
    unbroken = reports(with_guarantee_made(path, tmp_path / "unbroken", many_images, 1))
    stopped = reports(with_guarantee_made(path, tmp_path / "stopped", many_images, 1, is_fitting))
    assert [report.number for report in stopped] == [0]
    gone_on = reports(with_guarantee_made(path, tmp_path / "stopped", many_images, 1))
    assert list(map(comparable, gone_on)) == list(map(comparable, unbroken))
    for mine, theirs in zip(weights_in(gone_on[1].classifier), weights_in(unbroken[1].classifier), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_rounds_of_a_classifier_that_has_a_guarantee_keep_it(path: str, tmp_path: Path, many_images: Path) -> None:
    given = reports(with_guarantee_made(path, tmp_path / "given", many_images, 1))[1].classifier
    messages = with_guarantee_made(given, tmp_path / "kept", many_images, 1)
    assert not any(map(is_fitting, messages))
    kept, before = (
        densities_of(load_classifier(Path(file))[0], "kept") for file in (reports(messages)[1].classifier, given)
    )
    np.testing.assert_array_equal(kept.inside.centres, before.inside.centres)
    assert reports(messages)[0].certified


def test_a_guarantee_that_cannot_be_given_is_refused_before_the_first_round(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]]
) -> None:
    with pytest.raises(LabError, match=r"at least 100 validation images, a sixth of the training images; .* has 8\."):
        perform(default_rounds(path, LAYERS, policy=GUARANTEE, **SMALL), tmp_path / "rounds")
    assert not (tmp_path / "rounds").exists()


def test_nguyens_rounds_train_a_class_of_its_own_on_as_many_more_found_images_in_each(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]], dataset_path: Path
) -> None:
    preset = ROUNDS_PRESETS[NGUYEN]
    few = dataclasses.replace(preset.settings, rounds=2, images_per_label=2, steps_per_round=3, digits=24, batch_size=8)
    spec = dataclasses.replace(default_rounds(path, LAYERS), settings=few, starts=preset.starts)
    made = reports(perform(spec, tmp_path))
    assert [report.pool for report in made] == [0, 6, 12]
    classifier, _ = load_classifier(Path(made[2].classifier))
    assert classifier.has_none_class
    pool = [images_of(tmp_path, number).to_train_on for number in (1, 2)]
    examples = round_examples(classifier, make_lab(dataset_path).dataset, pool, few, 2)
    images, targets = examples.batch(np.arange(24, 36))
    np.testing.assert_array_equal(images, np.concatenate(pool))
    np.testing.assert_array_equal(targets, np.tile([0, 0, 0, 1], (12, 1)))
    assert len(examples) == 36
    assert RoundsRecord.read(tmp_path).spec == spec


def test_penalties_drive_the_images_too(path: str, tmp_path: Path, perform: Callable[..., list[Message]]) -> None:
    plain = default_rounds(path, LAYERS, **(SMALL | {"rounds": 1}))
    perform(plain, tmp_path / "plain")
    perform(dataclasses.replace(plain, coefficients=article_coefficients(LAYERS)), tmp_path / "penalised")
    images = [images_of(tmp_path / name, 1).stages for name in ("plain", "penalised")]
    assert images[0].shape == images[1].shape
    assert not np.array_equal(images[0], images[1])


def test_references_that_do_not_fit_are_the_same_sample_in_each_round_told_and_recorded(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]], monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = load_classifier(Path(path))[0]
    bytes_each = CostFunction(classifier, MethodSettings()).bytes_a_reference
    monkeypatch.setattr("fooler_gui.core.reference_settings._GIGABYTE", 10 * bytes_each + 9)  # 2 GB are for twenty
    recorded: list[tuple[int, list[int]]] = []
    record_sample = CostFunction.record_sample

    def noted(cost: CostFunction, dataset: Dataset, sample: Sample) -> References:
        recorded.append((sample.label, sample.places(int((dataset.train_labels == sample.label).sum())).tolist()))
        return record_sample(cost, dataset, sample)

    monkeypatch.setattr(CostFunction, "record_sample", noted)
    spec = dataclasses.replace(default_rounds(path, LAYERS, **SMALL), coefficients=article_coefficients(LAYERS))
    messages = perform(spec, tmp_path / "rounds")
    expected = [Sample(label, size, 0) for label, size in ((0, 6), (1, 7), (2, 7))]
    assert recorded == 2 * [(sample.label, sample.places(16).tolist()) for sample in expected]
    sentence = (
        "The references are 20 of 48 training images of the 3 labels together, drawn with the random seed: all would "
        "take more than 2 GB."
    )
    told = [message.sentence for message in messages if isinstance(message, Remark)]
    assert told == [f"Round 1 · {sentence}", f"Round 2 · {sentence}"]
    for number in (1, 2):
        record = read_record(round_path(tmp_path / "rounds", number))
        assert (record.references, record.spec.reference_memory) == (ReferenceCount(20, 48), 2.0)


def test_every_round_records_the_layers_that_were_chosen(path: str, dataset_path: Path, tmp_path: Path) -> None:
    lab = make_lab(dataset_path)
    list(lab.perform(jobs.OpenClassifier(path=path, recorded_layers=("conv0",)), RunControl()))
    chosen = article_coefficients(("inputs", "conv0"))
    spec = dataclasses.replace(default_rounds(path, (), **SMALL), coefficients=chosen)
    job = jobs.PerformRounds(spec=spec, folder=str(tmp_path / "rounds"), second_opinion="")
    made = reports(tuple(lab.perform(job, RunControl())))
    assert [report.number for report in made] == list(range(spec.settings.rounds + 1))
    for number in range(1, spec.settings.rounds + 1):
        with RecordedRun(round_path(tmp_path / "rounds", number)) as run:
            assert run.save(0).costs[0].layers == ("inputs", "conv0")


def test_rounds_of_other_settings_are_not_mixed(path: str, copied: Path, perform: Callable[..., list[Message]]) -> None:
    with pytest.raises(LabError, match="holds rounds with other settings or of another classifier"):
        perform(default_rounds(path, LAYERS, control=True, **(SMALL | {"rounds": 1, "noise": 6})), copied)
    assert len(reports(perform(spec_of_one_round(path), copied))) == 2


def _damages() -> Iterator[tuple[str, Callable[[dict[str, object]], object]]]:
    yield "a number for a text", lambda report: report | {"classifier": 3}
    yield "an entry too many", lambda report: report | {"more": 1}
    yield "an entry too few", lambda report: {name: value for name, value in report.items() if name != "pool"}
    yield "a text among numbers", lambda report: report | {"scores": ["x"]}
    yield "no checks", lambda report: report | {"checks": 5}
    yield "a list", lambda report: [report]
    yield "another number", lambda report: report | {"number": 7}


@pytest.mark.parametrize("damage", [damage for _, damage in _damages()], ids=[name for name, _ in _damages()])
def test_a_damaged_report_is_refused_with_a_sentence(
    damage: Callable[[dict[str, object]], object],
    path: str,
    copied: Path,
    perform: Callable[..., list[Message]],
) -> None:
    file = copied / "round-01" / "report.json"
    file.write_text(json.dumps(damage(json.loads(file.read_text()))))
    with pytest.raises(LabError, match=r"report|JSON object"):
        perform(spec_of_one_round(path), copied)


def test_damaged_images_are_refused_with_a_sentence(
    path: str, copied: Path, perform: Callable[..., list[Message]]
) -> None:
    (copied / "round-01" / HISTORY_FILE).write_bytes(b"SQLite not really")
    with pytest.raises(LabError, match="must be an intact history"):
        perform(default_rounds(path, LAYERS, control=True, **SMALL), copied)


def test_a_report_is_read_as_it_was_written(path: str, copied: Path, perform: Callable[..., list[Message]]) -> None:
    for report in reports(perform(spec_of_one_round(path), copied)):
        assert RoundReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report


@pytest.mark.parametrize("text", ["", "format = 2", "format = 2\nclassifier = 3\n[rounds]", "format = 1", "= = ="])
def test_a_damaged_specification_is_refused_with_a_sentence(
    text: str, path: str, copied: Path, perform: Callable[..., list[Message]]
) -> None:
    (copied / "rounds.toml").write_text(text)
    with pytest.raises(LabError, match=r"must be of format 2|must be written in TOML|it lacks classifier"):
        perform(spec_of_one_round(path), copied)


def test_rounds_of_an_earlier_day_are_opened(
    path: str, copied: Path, perform: Callable[..., list[Message]], dataset_path: Path
) -> None:
    made = reports(perform(spec_of_one_round(path), copied))
    _, opened, *rounds = make_lab(dataset_path).perform(jobs.OpenRounds(folder=str(copied)), RunControl())
    assert isinstance(opened, RoundsOpened)
    assert (opened.spec, opened.folder) == (spec_of_one_round(path), str(copied))
    assert reports(rounds) == made


def test_a_folder_without_a_finished_round_is_refused(tmp_path: Path, copied: Path, dataset_path: Path) -> None:
    lab = make_lab(dataset_path)
    with pytest.raises(LabError, match=r"must hold rounds, that is rounds\.toml; it does not"):
        list(lab.perform(jobs.OpenRounds(folder=str(tmp_path)), RunControl()))
    shutil.rmtree(copied / "round-00")
    with pytest.raises(LabError, match="must hold at least one finished round"):
        list(lab.perform(jobs.OpenRounds(folder=str(copied)), RunControl()))


@pytest.mark.parametrize(
    ("labels", "steps", "words"),
    [
        ((0, 3), (0, 2), "must hold the images of a round, of 3 classes and the shape"),
        ((0, 2, 1), (0, 2), "must hold the images of a round"),
        ((0, 1, 2), (0,), "must hold the images of a round"),
        ((0, 1, 2), (1, 2), "from the start on; it does not"),
    ],
)
def test_images_of_another_kind_are_refused_with_a_sentence(
    labels: tuple[int, ...], steps: tuple[int, ...], words: str, tmp_path: Path
) -> None:
    saves = [make_save(labels, 2, (8, 8, 1), step, layers=("fc",)) for step in steps]
    round_path(tmp_path, 1).mkdir()
    writer = HistoryWriter(round_path(tmp_path, 1) / HISTORY_FILE, RunShape.of(saves[0]), 2**20)
    writer.write(saves)
    writer.close()
    with pytest.raises(LabError, match=words):
        images_of(tmp_path, 1)


def test_images_that_would_fill_the_memory_are_refused_with_a_sentence(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds_folder, "_MOST_IMAGE_BYTES", images_of(copied, 1).stages.nbytes)
    images_of(copied, 1)
    monkeypatch.setattr(rounds_folder, "_MOST_IMAGE_BYTES", images_of(copied, 1).stages.nbytes - 1)
    with pytest.raises(LabError, match="at most 1 GiB of images"):
        images_of(copied, 1)


def test_a_round_whose_images_could_not_be_read_again_is_refused_before_any_is_driven(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]], monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 3 * 4 * 3 * (4 * 8 * 8)  # stages, images a label, labels, bytes of an image
    monkeypatch.setattr(rounds_folder, "_MOST_IMAGE_BYTES", size - 1)
    with pytest.raises(SettingError, match=r"3 labels with 4 images each, kept at 3 stages, of 8 × 8 × 1 take"):
        perform(default_rounds(path, LAYERS, **SMALL), tmp_path / "rounds")
    assert not (tmp_path / "rounds").exists()
    monkeypatch.setattr(rounds_folder, "_MOST_IMAGE_BYTES", size)
    assert len(reports(perform(default_rounds(path, LAYERS, **(SMALL | {"rounds": 1})), tmp_path / "rounds"))) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "30 labels with 40 images each, kept at 3 stages, of 224 × 224 × 3 take 2.0 GiB; choose fewer"),
        ({"steps_per_round": 2, "images_per_label": 50}, "50 images each, kept at 2 stages"),
        ({"labels_per_round": 14}, ""),
        ({"stages": 1}, ""),
    ],
)
def test_the_size_of_a_round_grows_with_labels_images_and_stages(changes: dict[str, int], words: str) -> None:
    settings = RoundsSettings(**changes)
    if not words:
        rounds_folder.check_size(settings, (224, 224, 3), 1_000)
        return
    with pytest.raises(SettingError, match=r"must take at most 1 GiB; 30 labels.*or read the dataset with") as refused:
        rounds_folder.check_size(settings, (224, 224, 3), 1_000)
    assert words in str(refused.value)


def test_a_round_records_how_its_images_were_driven_and_its_classifiers_trained(path: str, one_round: Path) -> None:
    folder = round_path(one_round, 1)
    with RecordedRun(folder) as run:
        assert run.index.steps.tolist() == [0, 2, 4, 6]
        assert run.record.result is not None
        assert (run.record.spec.classifier, run.record.spec.slots, run.record.spec.start) == (path, 4, ROUND)
        assert run.record.classifier_sha256 == sha256_of(Path(path))
        for place, stage in enumerate(images_of(one_round, 1).stages, 1):
            save = run.save(place)
            np.testing.assert_array_equal(save.images.reshape(stage.shape), stage)
            for label, costs in enumerate(save.costs):
                doubt = 1 - save.probabilities[label].mean()
                assert costs.of("misclassification").cost == pytest.approx(doubt, abs=1e-5)
    for name, extra in {"classifier": FOUND * 3 + 5 + 2, "control": 0}.items():
        record = TrainingRecord.read(folder / f"{name}.training")
        assert record.kind == {"classifier": "round", "control": "control"}[name]
        assert record.ended
        assert record.steps == record.checkpoint == -(-(24 + extra) // 8)
        assert record.former_sha256 == sha256_of(Path(path))
        assert record.classifier_sha256 == sha256_of(folder / f"{name}.keras")
        points = read_training_history(folder / f"{name}.training").points
        assert points[-1].step == record.steps
        assert all(point.loss > 0 for point in points)


def test_a_full_disk_lets_a_round_wait_and_go_on(
    path: str, tmp_path: Path, perform: Callable[..., list[Message]], monkeypatch: pytest.MonkeyPatch, one_round: Path
) -> None:
    monkeypatch.setattr(recording, "_RETRY_SECONDS", 0.0)
    write, failures = RoundsFolder.write_report, [1, 2]

    def full(folder: RoundsFolder, report: RoundReport) -> None:
        if report.number == 1 and failures:
            failures.pop()
            raise RecordError("report.json cannot be written: No space left on device.")
        write(folder, report)

    monkeypatch.setattr(RoundsFolder, "write_report", full)
    messages = perform(spec_of_one_round(path), tmp_path / "rounds")
    (stalled,) = (message for message in messages if isinstance(message, RecordingStalled))
    assert "No space left on device. The round waits until it can be written" in stalled.sentence
    assert len(reports(messages)) == 2
    for mine, theirs in zip(
        weights_in(str(RoundsFolder(tmp_path / "rounds").classifier_path(1))),
        weights_in(str(RoundsFolder(one_round).classifier_path(1))),
        strict=True,
    ):
        np.testing.assert_array_equal(mine, theirs)
