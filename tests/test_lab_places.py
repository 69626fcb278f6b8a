"""What the lab leaves in the user's folders, and what not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_engine import LIMIT, FakeEngine, FakeLab
from pytestqt.qtbot import QtBot

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.files import claimed_folder
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Message
from fooler_gui.core.rounds_spec import default_rounds
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import RetrainingSettings, TrainingSettings, article_coefficients
from fooler_gui.core.topology import Topology
from fooler_gui.records.training_record import claimed_classifier, training_folder
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel
from fooler_gui.session.new_files import NewFiles

LAYERS = ("inputs", "conv0", "fc")
RUN = RunSpec(classifier="first.keras", labels=(1,), slots=2, coefficients=article_coefficients(LAYERS))
Begin = Callable[[Controller], object]
BEGIN: dict[str, Begin] = {
    "training": lambda controller: controller.train(Topology(), TrainingSettings(steps=3)),
    "further training": lambda controller: controller.continue_training(TrainingSettings(steps=3)),
    "retraining": lambda controller: controller.retrain(RetrainingSettings(steps=3), "all"),
    "run": lambda controller: controller.run(RUN),
    "rounds": lambda controller: controller.perform_rounds(default_rounds("first.keras", LAYERS, rounds=1)),
}


@pytest.fixture
def lab() -> FakeLab:
    return FakeLab()


@pytest.fixture
def engine(lab: FakeLab) -> FakeEngine:
    return FakeEngine(lab.answer)


@pytest.fixture
def controller(qtbot: QtBot, tmp_path: Path, engine: FakeEngine) -> Iterator[Controller]:
    """One that is ready, and keeps what it makes in a folder of the test."""
    files = NewFiles(
        lambda kind: claimed_classifier(tmp_path / f"{kind}.keras"),
        lambda: claimed_folder(tmp_path / "rounds"),
        lambda: claimed_folder(tmp_path / "run"),
    )
    controller = Controller(SessionModel(), lambda: engine, files)
    controller.open_classifier("first.keras")
    until_idle(qtbot, controller)
    yield controller
    assert controller.close(LIMIT)


def until_idle(qtbot: QtBot, controller: Controller) -> None:
    qtbot.waitUntil(lambda: not controller.model.state.busy, timeout=LIMIT)


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("begin", "claimed"),
    [
        (BEGIN["training"], "trained.training"),
        (BEGIN["further training"], "trained.training"),
        (BEGIN["retraining"], "retrained.training"),
        (BEGIN["run"], "run"),
        (BEGIN["rounds"], "rounds"),
    ],
)
def test_from_its_beginning_work_has_a_name_to_itself(
    qtbot: QtBot, controller: Controller, tmp_path: Path, begin: Begin, claimed: str
) -> None:
    begin(controller)
    assert left_in(tmp_path) == {claimed}
    until_idle(qtbot, controller)


@pytest.mark.parametrize("begin", BEGIN.values(), ids=BEGIN)
def test_work_that_the_engine_refuses_leaves_nothing(
    qtbot: QtBot, controller: Controller, lab: FakeLab, tmp_path: Path, begin: Begin
) -> None:
    lab.failure = LabError("It cannot be done.")
    begin(controller)
    until_idle(qtbot, controller)
    assert left_in(tmp_path) == set()


def test_work_that_is_not_allowed_leaves_nothing_and_takes_nothing_away(
    qtbot: QtBot, controller: Controller, tmp_path: Path
) -> None:
    controller.train(Topology(), TrainingSettings(steps=10_000_000))
    for begin in BEGIN.values():
        begin(controller)
    assert left_in(tmp_path) == {"trained.training"}
    controller.stop()
    until_idle(qtbot, controller)


def test_what_was_written_stays(
    qtbot: QtBot, controller: Controller, engine: FakeEngine, lab: FakeLab, tmp_path: Path
) -> None:
    def write(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        if isinstance(job, jobs.Train):
            (training_folder(Path(job.path)) / "run.toml").touch()
        yield from lab.answer(job, control)

    engine.answer = write
    controller.train(Topology(), TrainingSettings(steps=1))
    until_idle(qtbot, controller)
    assert left_in(tmp_path) == {"trained.training"}


def test_a_training_that_closing_cut_short_leaves_no_empty_folder(
    qtbot: QtBot, controller: Controller, tmp_path: Path
) -> None:
    controller.train(Topology(), TrainingSettings(steps=10_000_000))
    assert controller.model.state is LabState.TRAINING
    assert controller.close(LIMIT)
    assert left_in(tmp_path) == set()


@pytest.mark.parametrize("begin", BEGIN.values(), ids=BEGIN)
def test_where_nothing_can_be_kept_work_is_refused_with_the_reason_and_the_lab_stays_ready(
    qtbot: QtBot, engine: FakeEngine, begin: Begin
) -> None:
    def refused(*_: object) -> Path:
        raise LabError("Nothing can be written to /home: Read-only file system.")

    controller = Controller(SessionModel(), lambda: engine, NewFiles(refused, refused, refused))
    controller.open_classifier("first.keras")
    until_idle(qtbot, controller)
    problems: list[tuple[str, str]] = []
    controller.model.problem_changed.connect(lambda: problems.append(controller.model.problem))
    before = len(engine.jobs)
    begin(controller)
    assert problems == [("Nothing can be written to /home: Read-only file system.", "")]
    assert len(engine.jobs) == before
    assert controller.model.state is LabState.READY
    assert controller.close(LIMIT)
