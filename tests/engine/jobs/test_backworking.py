from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from lab_jobs import LAYERS, make_lab, only, perform, spec
from tiny import noise

from fooler_gui.core import jobs
from fooler_gui.core.inspection import Inspection, Opinions
from fooler_gui.core.messages import EngineLoaded, ReferencesChosen, Remark, RunFinished, Working
from fooler_gui.core.reference_settings import ReferenceCount, ReferenceSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import STOPPED_BY_USER, Save
from fooler_gui.core.settings import METHODS, CostCoefficients, MethodSettings, SettingError, article_coefficients
from fooler_gui.data.array_file import ArrayFileError, write_arrays
from fooler_gui.data.dataset import to_float
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.machine import machine
from fooler_gui.engine.search_choice import SearchWay
from fooler_gui.records.run_folder import read_record


def test_a_run_yields_saves_and_how_it_ended(ready: Lab, path: str) -> None:
    messages = perform(ready, jobs.Backwork(spec=spec(path, labels=(2, 0))))
    saves = [message for message in messages if isinstance(message, Save)]
    assert [save.step for save in saves] == [0, 1, 2, 3, 4]
    assert saves[0].labels == (2, 0)
    assert saves[0].images.shape == (2, 3, 8, 8, 1)
    assert only(messages, RunFinished).steps == 4
    assert isinstance(messages[-1], RunFinished)
    assert isinstance(messages[0], Working)


def test_the_same_specification_gives_the_same_images_also_in_another_lab(
    ready: Lab, path: str, dataset_path: Path, lab: Lab
) -> None:
    job = jobs.Backwork(spec=spec(path, rng_seed=6))
    first, second = ([message for message in perform(ready, job) if isinstance(message, Save)][-1] for _ in range(2))
    assert first.images.tobytes() == second.images.tobytes()
    other = [message for message in perform(lab, job) if isinstance(message, Save)][-1]
    assert first.images.tobytes() == other.images.tobytes()


def test_a_run_opens_the_classifier_that_its_specification_names(lab: Lab, path: str) -> None:
    perform(lab, jobs.Backwork(spec=spec(path)))
    assert lab.classifier_info.path == path


def test_references_are_those_of_the_runs_own_method_and_labels(ready: Lab, path: str) -> None:
    for method in ("article", "2016", "article"):
        chosen = METHODS[method]
        for labels in ((0, 1), (1, 2)):
            start = next(
                message
                for message in perform(ready, jobs.Backwork(spec=spec(path, labels=labels, method=chosen)))
                if isinstance(message, Save)
            )
            for index, label in enumerate(labels):
                coefficients = article_coefficients(LAYERS)
                own = to_float(ready.dataset.training_images_of(label))
                direct = ready.evaluate(label, start.images[index], own, chosen, coefficients)
                assert start.costs[index].total == pytest.approx(direct.costs.total, rel=1e-6)


def test_coefficients_of_other_layers_are_refused(ready: Lab, path: str) -> None:
    wrong = CostCoefficients(layer_cost_coeffs={"inputs": 1.0, "fc": 1.0})
    with pytest.raises(SettingError, match=r"must name the recorded layers inputs, conv0, fc; received inputs, fc\."):
        perform(ready, jobs.Backwork(spec=spec(path, coefficients=wrong)))
    none = CostCoefficients(layer_cost_coeffs={})
    with pytest.raises(SettingError, match="received none"):
        perform(ready, jobs.Backwork(spec=spec(path, coefficients=none)))


def test_a_run_starts_from_averages_or_a_file(ready: Lab, path: str, tmp_path: Path) -> None:
    mine = noise((5, 8, 8, 1), rng_seed=4)
    write_arrays(tmp_path / "mine.npz", {"images": mine})
    for start, expected in (("averages", None), (str(tmp_path / "mine.npz"), mine[:3])):
        saves = [m for m in perform(ready, jobs.Backwork(spec=spec(path, start=start))) if isinstance(m, Save)]
        if expected is not None:
            np.testing.assert_array_equal(saves[0].images[0], expected)
        else:
            assert saves[0].images.std() < noise((3, 8, 8, 1)).std()


def test_a_start_file_that_cannot_be_used_is_refused(ready: Lab, path: str, tmp_path: Path) -> None:
    with pytest.raises(ArrayFileError):
        perform(ready, jobs.Backwork(spec=spec(path, start=str(tmp_path / "none.npz"))))


def test_a_run_stopped_before_it_begins_says_so(ready: Lab, path: str) -> None:
    job = jobs.Backwork(spec=spec(path, labels=(0, 1)))
    control = RunControl.for_descent(job.spec.coefficients, job.spec.descent)
    control.stop()
    finished = only(perform(ready, job, control), RunFinished)
    assert finished.stopped_by == (STOPPED_BY_USER,) * 2
    assert finished.steps == 0


@pytest.mark.parametrize("way", SearchWay)
def test_a_run_notes_how_the_nearest_references_were_searched(
    way: SearchWay, dataset_path: Path, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOLER_SEARCH", way)
    machine.cache_clear()
    messages = perform(make_lab(dataset_path), jobs.Backwork(spec=spec(path), folder=str(tmp_path / "run")))
    machine.cache_clear()
    assert only(messages, EngineLoaded).machine["search"] == way
    assert read_record(tmp_path / "run").machine["search"] == way
    assert only(messages, RunFinished).steps == 4


def test_a_run_notes_the_machine_and_the_data_that_made_it(
    ready: Lab, path: str, tmp_path: Path, dataset_path: Path
) -> None:
    perform(ready, jobs.Backwork(spec=spec(path), folder=str(tmp_path / "run")))
    record = read_record(tmp_path / "run")
    assert (record.machine, record.dataset_sha256) == (machine(), sha256_of(dataset_path))


def test_prepared_references_stay_within_what_was_asked_for(ready: Lab) -> None:
    present = ready.contents.present
    assert present is not None

    def prepared(*labels: int) -> bool:
        return present.has_references([Sample(label, 16, None) for label in labels])

    for labels in ((0,), (1,), (0, 1, 2), (1,)):
        assert perform(ready, jobs.Prepare(labels=labels, method=MethodSettings())) == []
        assert prepared(*labels)
    assert prepared(0, 1, 2)
    perform(ready, jobs.Prepare(labels=(0, 1), method=METHODS["2016"], most=1))
    assert prepared(0)
    assert not prepared(1)


BYTES_OF_TINY = (64 + 144) + (2 * 32 + 144) + (2 * 5 + 144)
"""Of one reference: images in bytes, and 32 units of conv0 and 5 of fc in codes, each with 36 numbers beside."""


@pytest.fixture
def memory_for_twenty(monkeypatch: pytest.MonkeyPatch) -> ReferenceSettings:
    """A gigabyte is the memory of ten references, so that a run has twenty of the 48 training images."""
    monkeypatch.setattr("fooler_gui.core.reference_settings._GIGABYTE", 10 * BYTES_OF_TINY + 9)
    return ReferenceSettings(reference_memory=2.0, rng_seed=0)


def test_references_that_do_not_fit_are_a_sample_that_is_told_and_recorded(
    ready: Lab, path: str, tmp_path: Path, memory_for_twenty: ReferenceSettings
) -> None:
    wanted = spec(path, labels=(0, 1, 2), reference_memory=2.0)
    messages = perform(ready, jobs.Backwork(spec=wanted, folder=str(tmp_path / "run")))
    assert only(messages, Remark).sentence == (
        "The references are 20 of 48 training images of the 3 labels together, drawn with the random seed: all would "
        "take more than 2 GB."
    )
    assert only(messages, ReferencesChosen).count == ReferenceCount(20, 48)
    record = read_record(tmp_path / "run")
    assert (record.references, record.spec.reference_memory) == (ReferenceCount(20, 48), 2.0)
    present = ready.contents.present
    assert present is not None
    assert present.has_references([Sample(0, 6, 0), Sample(1, 7, 0), Sample(2, 7, 0)])


def test_the_same_seed_draws_the_same_references_and_all_that_fit_are_all(
    ready: Lab, path: str, memory_for_twenty: ReferenceSettings
) -> None:
    def last(**changes: object) -> Save:
        wanted = spec(path, labels=(0, 1, 2), **changes)
        return [message for message in perform(ready, jobs.Backwork(spec=wanted)) if isinstance(message, Save)][-1]

    sampled, again = last(reference_memory=2.0), last(reference_memory=2.0)
    enough, more = last(reference_memory=4.8), last(reference_memory=1000.0)
    np.testing.assert_array_equal(sampled.images, again.images)
    np.testing.assert_array_equal(enough.images, more.images)
    assert enough.costs == more.costs
    assert sampled.costs != more.costs


def test_a_cost_and_a_look_are_those_of_the_sample(ready: Lab, path: str, memory_for_twenty: ReferenceSettings) -> None:
    settings = dataclasses.replace(memory_for_twenty, reference_memory=0.5)  # five references
    assert ready.reference_count(1, MethodSettings(), settings) == ReferenceCount(5, 16)
    images, coefficients = noise((3, 8, 8, 1)), article_coefficients(LAYERS)
    places = Sample(1, 5, 0).places(16)
    five = to_float(ready.dataset.training_images_of(1)[places])
    sampled = ready.evaluate(1, images, None, MethodSettings(), coefficients, reference_settings=settings)
    assert sampled.costs == ready.evaluate(1, images, five, MethodSettings(), coefficients).costs
    wanted = spec(path, labels=(1,), reference_memory=0.5)
    save = [message for message in perform(ready, jobs.Backwork(spec=wanted)) if isinstance(message, Save)][-1]
    job = jobs.Inspect(
        save=save, label=1, slot=0, method=MethodSettings(), coefficients=coefficients, references=settings
    )
    for layer in only(perform(ready, job), Inspection).layers:
        assert layer.nearest_index in places
        np.testing.assert_array_equal(layer.nearest, to_float(ready.dataset.training_images_of(1))[layer.nearest_index])


def test_an_image_of_a_resting_run_is_looked_at_as_it_was_in_the_run(ready: Lab, path: str) -> None:
    control = RunControl.for_descent(spec(path).coefficients, spec(path).descent)
    control.inspect(1, 2)
    messages = perform(ready, jobs.Backwork(spec=spec(path)), control)
    going = [message for message in messages if isinstance(message, Inspection)][-1]
    last = [message for message in messages if isinstance(message, Save)][-1]
    job = jobs.Inspect(save=last, label=1, slot=2, method=MethodSettings(), coefficients=spec(path).coefficients)
    resting = only(perform(ready, job), Inspection)
    assert (going.step, resting.step) == (4, 4)
    for name in ("image", "probabilities", "gradient"):
        np.testing.assert_array_equal(getattr(resting, name), getattr(going, name))
    for here, there in zip(resting.layers, going.layers, strict=True):
        assert here.nearest_index == there.nearest_index
        assert here.distance == pytest.approx(there.distance)
    assert [term.place for term in resting.terms] == [term.place for term in going.terms]
    for here, there in zip(resting.terms, going.terms, strict=True):
        assert (here.value, here.share) == (pytest.approx(there.value), pytest.approx(there.share))
    assert (going.fooled, [share.who for share in resting.fooled]) == ((), ["nearest neighbours"])


def test_coefficients_of_other_layers_are_the_articles_in_a_look(ready: Lab, path: str) -> None:
    last = [message for message in perform(ready, jobs.Backwork(spec=spec(path))) if isinstance(message, Save)][-1]
    shares = []
    for layers in (LAYERS, ("inputs", "other")):
        coefficients = article_coefficients(layers)
        job = jobs.Inspect(save=last, label=1, slot=0, method=MethodSettings(), coefficients=coefficients)
        shares.append([term.share for term in only(perform(ready, job), Inspection).terms])
    assert shares[0] == shares[1]


def test_second_opinions_alone_are_those_of_a_look_and_need_no_references(ready: Lab, path: str) -> None:
    last = [message for message in perform(ready, jobs.Backwork(spec=spec(path))) if isinstance(message, Save)][-1]
    present = ready.contents.require_present()
    present.forget_computed()
    alone = only(perform(ready, jobs.GiveOpinions(save=last, label=1, slot=2)), Opinions)
    assert alone.is_on(last, (1, 2))
    assert not present.has_references([Sample(1, 16, None)])
    job = jobs.Inspect(save=last, label=1, slot=2, method=MethodSettings(), coefficients=spec(path).coefficients)
    (opinion,), (looked,) = alone.opinions, only(perform(ready, job), Inspection).opinions
    assert present.has_references([Sample(1, 16, None)])
    assert (opinion.who, opinion.neighbour_labels) == (looked.who, looked.neighbour_labels)
    np.testing.assert_array_equal(opinion.probabilities, looked.probabilities)
