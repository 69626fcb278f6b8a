from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recorded_runs import saves_of
from tiny import make_classifier, make_dataset, noise, write_dataset

from fooler_gui.core.jobs import Backwork
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.optimiser_names import CPPN, EVOLUTION
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_events import RunEvent, SettingsApplied, SlotActed
from fooler_gui.core.run_spec import AVERAGES, BRANCH, NOISE, Parent, RunSpec
from fooler_gui.core.save import STOPPED_BY_USER, Save
from fooler_gui.core.settings import METHODS, CostCoefficients, DescentSettings, SettingError
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage
from fooler_gui.data.array_file import write_arrays
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import save_classifier
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.run_reader import read_repetition

COEFFICIENTS = CostCoefficients(
    layer_cost_coeffs=dict.fromkeys(("inputs", "conv0", "fc"), 0.01), term_coeffs={"misclassification": 0.1}
)
STRONGER = COEFFICIENTS.with_terms(misclassification=3.0)
RESTLESS = DescentSettings(max_steps=25, num_mono_dec_saves=2, min_probability=1.0)
"""With many reinitialisations."""

STARTS = noise((2, 3, 8, 8, 1), rng_seed=70)
After = Callable[[Save, RunControl], object]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    folder = tmp_path_factory.mktemp("lab")
    lab = Lab(write_dataset(make_dataset(), folder / "tiny.npz"))
    save_classifier(make_classifier(class_names=lab.dataset.class_names), folder / "tiny.keras", 0.5)
    return lab


@pytest.fixture
def classifier(lab: Lab, tmp_path: Path) -> str:
    """The file of the classifier that runs are made with."""
    save_classifier(make_classifier(class_names=lab.dataset.class_names), tmp_path / "tiny.keras", 0.5)
    return str(tmp_path / "tiny.keras")


def spec_of(classifier: str, **changes: Any) -> RunSpec:
    fields = {"labels": (2, 0), "slots": 3, "rng_seed": 8, "descent": RESTLESS, "coefficients": COEFFICIENTS}
    return RunSpec(classifier=classifier, **(fields | changes))


def make(
    lab: Lab, spec: RunSpec, folder: Path, then: After | None = None, control: RunControl | None = None, **job: Any
) -> RunFinished:
    """Makes a run that records itself in `folder`; `then` is called after each of its saves."""
    control = control or RunControl.for_descent(spec.coefficients, spec.descent)
    finished = None
    for message in lab.perform(Backwork(spec=spec, folder=str(folder), **job), control):
        if isinstance(message, Save) and then is not None:
            then(message, control)
        elif isinstance(message, RunFinished):
            finished = message
    assert finished is not None
    return finished


def repeat(lab: Lab, folder: Path, into: Path) -> RunFinished:
    repetition = read_repetition(folder)
    return make(lab, repetition.record.spec, into, control=repetition.control, starts=repetition.starts)


def events_of(folder: Path) -> list[RunEvent]:
    reader = HistoryReader(folder)
    events = reader.events()
    reader.close()
    return events


def check_repeated(lab: Lab, folder: Path) -> list[Save]:
    """Repeats the run in `folder`, checks that all came out the same to the last bit, and returns its saves."""
    again = folder.with_name(f"{folder.name} again")
    repeat(lab, folder, again)
    saves, others = saves_of(folder), saves_of(again)
    assert [save.step for save in others] == [save.step for save in saves]
    for save, other in zip(saves, others, strict=True):
        for name in (
            "images",
            "probabilities",
            "distances",
            "reinitialisations",
            "replacements",
            "pinned",
            "reinitialised",
            "done",
        ):
            assert getattr(save, name).tobytes() == getattr(other, name).tobytes(), (name, save.step)
        assert save.costs == other.costs
        assert save.stopped_by == other.stopped_by
    assert [event.step for event in events_of(again)] == [event.step for event in events_of(folder)]
    return saves


def test_a_run_of_a_unit_that_changes_is_repeated(lab: Lab, classifier: str, tmp_path: Path) -> None:
    of_unit = dataclasses.replace(RESTLESS, objective="unit", unit="conv0:1", unit_done=2.5)

    def other_unit(save: Save, control: RunControl) -> None:
        if save.step == 9:
            control.change(descent=dataclasses.replace(of_unit, unit="fc:3", unit_done=100.0))

    make(lab, spec_of(classifier, descent=of_unit), tmp_path / "run", other_unit)
    saves = check_repeated(lab, tmp_path / "run")
    others = saves_of(tmp_path / "run again")
    for save, other in zip(saves, others, strict=True):
        assert save.activations is not None
        assert other.activations is not None
        assert save.activations.tobytes() == other.activations.tobytes()
        np.testing.assert_array_equal(save.done, save.activations > (2.5 if save.revision == 0 else 100.0))


def test_a_run_of_a_unit_that_there_is_not_is_refused_before_it_begins(
    lab: Lab, classifier: str, tmp_path: Path
) -> None:
    spec = spec_of(classifier, descent=dataclasses.replace(RESTLESS, objective="unit", unit="conv7:1"))
    with pytest.raises(SettingError, match=r"one of inputs, conv0, fc, .*; received 'conv7:1'\."):
        make(lab, spec, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def steer(save: Save, control: RunControl) -> None:
    """Does something of every kind to a run."""
    match save.step:
        case 0 if not save.events:
            control.act_on_slot(PinSlot(label=0, slot=2, pinned=True))
        case 4 if not save.events:
            control.change(coefficients=STRONGER)
        case 6 if not save.events:
            control.act_on_slot(ReinitialiseSlot(label=2, slot=1))
            control.act_on_slot(SetSlotImage(label=0, slot=0, image=noise((8, 8, 1), rng_seed=3)))
            control.change(descent=dataclasses.replace(RESTLESS, learning_rate=0.2, save_frequency=3))
        case 12 if not save.events:
            control.change(coefficients=COEFFICIENTS)
            control.act_on_slot(PinSlot(label=0, slot=2, pinned=False))


@pytest.mark.parametrize("preset", ["article", "2016"])
@pytest.mark.parametrize("start", [NOISE, AVERAGES])
def test_a_run_is_repeated_to_the_last_bit(lab: Lab, classifier: str, tmp_path: Path, start: str, preset: str) -> None:
    make(lab, spec_of(classifier, start=start, method=METHODS[preset]), tmp_path / "run")
    saves = check_repeated(lab, tmp_path / "run")
    assert len(saves) == 26
    assert saves[-1].reinitialisations.sum() > 0


@pytest.mark.parametrize("preset", ["article", "2016"])
def test_what_was_done_to_a_run_is_done_again(lab: Lab, classifier: str, tmp_path: Path, preset: str) -> None:
    make(lab, spec_of(classifier, method=METHODS[preset]), tmp_path / "run", steer)
    check_repeated(lab, tmp_path / "run")
    events = events_of(tmp_path / "run")
    assert sum(isinstance(event, SettingsApplied) for event in events) == 3
    assert sum(isinstance(event, SlotActed) for event in events) >= 4
    plain = tmp_path / "plain"
    make(lab, spec_of(classifier, method=METHODS[preset]), plain)
    assert saves_of(plain)[-1].images.tobytes() != saves_of(tmp_path / "run")[-1].images.tobytes()


def test_a_run_with_random_transformations_and_blur_is_repeated_with_their_changes(
    lab: Lab, classifier: str, tmp_path: Path
) -> None:
    robust = dataclasses.replace(RESTLESS, transformations=2, blur_every=4)

    def turn(save: Save, control: RunControl) -> None:
        steer(save, control)
        if save.step == 9 and not save.events:
            control.change(descent=dataclasses.replace(robust, transformations=3, transform_shift=1.0, blur_sigma=1.0))

    make(lab, spec_of(classifier, descent=robust), tmp_path / "run", turn)
    saves = check_repeated(lab, tmp_path / "run")
    make(lab, spec_of(classifier, descent=robust, rng_seed=9), tmp_path / "other", turn, starts=saves[0].images)
    others = saves_of(tmp_path / "other")
    at = {step: [next(save for save in made if save.step == step) for made in (saves, others)] for step in (0, 1)}
    assert at[0][0].images.tobytes() == at[0][1].images.tobytes()
    assert at[1][0].images.tobytes() != at[1][1].images.tobytes()


def test_a_run_by_evolution_is_repeated_with_all_that_was_done_to_it(lab: Lab, classifier: str, tmp_path: Path) -> None:
    pytest.importorskip("ribs")
    direct = dataclasses.replace(RESTLESS, optimiser=EVOLUTION, population=10)

    def steer_evolution(save: Save, control: RunControl) -> None:
        match save.step:
            case 6 if not save.events:
                control.act_on_slot(PinSlot(label=0, slot=2, pinned=True))
                control.act_on_slot(SetSlotImage(label=0, slot=0, image=noise((8, 8, 1), rng_seed=3)))
            case 10 if not save.events:
                control.change(descent=dataclasses.replace(direct, encoding=CPPN))
            case 14 if not save.events:
                control.act_on_slot(ReinitialiseSlot(label=2, slot=1))
            case 18 if not save.events:
                control.change(descent=RESTLESS)
            case 22 if not save.events:
                control.change(descent=direct)

    make(lab, spec_of(classifier, descent=direct), tmp_path / "run", steer_evolution)
    saves = check_repeated(lab, tmp_path / "run")
    assert saves[9].images.tobytes() != saves[0].images.tobytes()
    assert sum(isinstance(event, SettingsApplied) for event in events_of(tmp_path / "run")) == 3


def test_a_run_from_a_file_is_repeated_without_the_file(lab: Lab, classifier: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    write_arrays(path, {"images": STARTS[0]})
    make(lab, spec_of(classifier, start=str(path)), tmp_path / "run", steer)
    path.unlink()
    saves = check_repeated(lab, tmp_path / "run")
    np.testing.assert_array_equal(saves[0].images, np.stack([STARTS[0]] * 2))


def test_a_branch_is_repeated_from_its_own_first_save(lab: Lab, classifier: str, tmp_path: Path) -> None:
    spec = spec_of(classifier, start=BRANCH, parent=Parent(run="c0ffee", step=7))
    make(lab, spec, tmp_path / "run", steer, starts=STARTS)
    assert read_repetition(tmp_path / "run").record.spec == spec
    saves = check_repeated(lab, tmp_path / "run")
    np.testing.assert_array_equal(saves[0].images, STARTS)


def test_a_repetition_is_repeated(lab: Lab, classifier: str, tmp_path: Path) -> None:
    make(lab, spec_of(classifier), tmp_path / "run", steer)
    repeat(lab, tmp_path / "run", tmp_path / "second")
    repeat(lab, tmp_path / "second", tmp_path / "third")
    assert saves_of(tmp_path / "third")[-1].images.tobytes() == saves_of(tmp_path / "run")[-1].images.tobytes()


@pytest.mark.parametrize("save_frequency", [1, 4])
def test_a_run_that_a_person_stopped_stops_at_the_same_step(
    lab: Lab, classifier: str, tmp_path: Path, save_frequency: int
) -> None:
    def stop(save: Save, control: RunControl) -> None:
        if save.step == 8:
            control.stop()

    descent = dataclasses.replace(RESTLESS, save_frequency=save_frequency)
    first = make(lab, spec_of(classifier, descent=descent), tmp_path / "run", stop)
    check_repeated(lab, tmp_path / "run")
    second = repeat(lab, tmp_path / "run", tmp_path / "once more")
    assert (first.steps, first.stopped_by) == (8, (STOPPED_BY_USER,) * 2)
    assert (second.steps, second.stopped_by) == (first.steps, first.stopped_by)


def test_what_was_done_right_before_the_stop_is_done_again(lab: Lab, classifier: str, tmp_path: Path) -> None:
    def act_then_stop(save: Save, control: RunControl) -> None:
        if save.step == 5 and save.events:
            control.stop()
        elif save.step == 5:
            control.act_on_slot(ReinitialiseSlot(label=2, slot=0))

    make(lab, spec_of(classifier), tmp_path / "run", act_then_stop)
    saves = check_repeated(lab, tmp_path / "run")
    assert [save.step for save in saves[-3:]] == [5, 5, 5]


def test_actions_done_one_by_one_after_a_step_are_repeated_one_by_one(
    lab: Lab, classifier: str, tmp_path: Path
) -> None:
    noise_again = ReinitialiseSlot(label=2, slot=0, rng_seed=11)
    image = noise((8, 8, 1), rng_seed=3)
    pin = PinSlot(label=0, slot=1, pinned=True)
    one_by_one = [
        [noise_again],
        [SetSlotImage(label=2, slot=0, image=image, reinitialisations=0)],
        [noise_again, pin],
        [ReinitialiseSlot(label=0, slot=0)],
    ]

    def act(save: Save, control: RunControl) -> None:
        if save.step == 5 and one_by_one:
            for action in one_by_one.pop(0):
                control.act_on_slot(action)

    make(lab, spec_of(classifier), tmp_path / "run", act)
    saves = check_repeated(lab, tmp_path / "run")
    assert [save.step for save in saves].count(5) == 5
    again = tmp_path / "run again"
    for folder in (tmp_path / "run", again):
        events = [event for event in events_of(folder) if isinstance(event, SlotActed)]
        assert [event.together for event in events] == [False, False, False, True, False]
    assert events_of(again)[2].action == noise_again  # type: ignore[union-attr]


def test_settings_that_changed_before_the_first_step_are_repeated(lab: Lab, classifier: str, tmp_path: Path) -> None:
    spec = spec_of(classifier)
    control = RunControl.for_descent(spec.coefficients, spec.descent)
    control.change(coefficients=STRONGER, descent=dataclasses.replace(RESTLESS, learning_rate=0.3))
    make(lab, spec, tmp_path / "run", control=control)
    (event,) = events_of(tmp_path / "run")
    assert isinstance(event, SettingsApplied)
    assert (event.step, event.coefficients, event.descent.learning_rate) == (0, STRONGER, 0.3)
    check_repeated(lab, tmp_path / "run")


def test_a_run_that_was_refined_after_its_stop_is_repeated(lab: Lab, classifier: str, tmp_path: Path) -> None:
    def refine(save: Save, control: RunControl) -> None:
        if save.step == 3 and not save.events:
            control.change(descent=dataclasses.replace(RESTLESS, keep_refining=True))
        elif save.step == 40:
            control.stop()

    assert make(lab, spec_of(classifier), tmp_path / "run", refine).steps == 40
    check_repeated(lab, tmp_path / "run")


def test_a_run_that_broke_off_is_repeated_beyond_its_end(lab: Lab, classifier: str, tmp_path: Path) -> None:
    spec = spec_of(classifier)
    run = lab.perform(Backwork(spec=spec, folder=str(tmp_path / "run")), RunControl.for_descent(COEFFICIENTS, RESTLESS))
    for message in run:
        if isinstance(message, Save) and message.step == 6:
            break
    run.close()  # type: ignore[attr-defined]
    assert repeat(lab, tmp_path / "run", tmp_path / "again").steps == 25
    for save, other in zip(saves_of(tmp_path / "run"), saves_of(tmp_path / "again"), strict=False):
        assert save.images.tobytes() == other.images.tobytes()


@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (1, 3, 8, 8, 1), (2, 4, 8, 8, 1), (2, 3, 9, 8, 1)])
def test_images_of_another_shape_than_the_run_are_refused(
    lab: Lab, classifier: str, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    spec = spec_of(classifier, start=BRANCH, parent=Parent(run="c0ffee", step=7))
    with pytest.raises(SettingError, match="must have the shape"):
        make(lab, spec, tmp_path / "run", starts=np.zeros(shape, np.float32))


def test_a_branch_without_its_images_is_refused(lab: Lab, classifier: str, tmp_path: Path) -> None:
    spec = spec_of(classifier, start=BRANCH, parent=Parent(run="c0ffee", step=7))
    with pytest.raises(SettingError, match="none were given"):
        make(lab, spec, tmp_path / "run")
