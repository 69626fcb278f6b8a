"""However a job fails, its last good save is on disk and the lab stays usable: on the real engine, by its worker."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from fooler_gui.engine import backend

backend.load()

import tensorflow as tf  # noqa: E402
from tiny import make_classifier, make_dataset, noise, write_dataset  # noqa: E402

from fooler_gui.core import jobs  # noqa: E402
from fooler_gui.core.errors import LabError  # noqa: E402
from fooler_gui.core.evaluation_report import EvaluationSettings  # noqa: E402
from fooler_gui.core.least_change import LeastChangeSettings  # noqa: E402
from fooler_gui.core.messages import JobEnded, JobFailed, Message, RunFinished  # noqa: E402
from fooler_gui.core.rounds_spec import default_rounds  # noqa: E402
from fooler_gui.core.run_control import RunControl  # noqa: E402
from fooler_gui.core.run_spec import RunSpec  # noqa: E402
from fooler_gui.core.save import STOPPED_BY_FAULT, Save  # noqa: E402
from fooler_gui.core.settings import (  # noqa: E402
    DescentSettings,
    RetrainingSettings,
    TrainingSettings,
    article_coefficients,
)
from fooler_gui.core.strong_attack import StrongAttackSettings  # noqa: E402
from fooler_gui.core.topology import Topology  # noqa: E402
from fooler_gui.engine.descent.label_batch import LabelBatch  # noqa: E402
from fooler_gui.engine.lab import Lab  # noqa: E402
from fooler_gui.engine.nets.classifier_file import save_classifier  # noqa: E402
from fooler_gui.records.history_reader import HistoryReader  # noqa: E402
from fooler_gui.records.run_folder import read_record  # noqa: E402
from fooler_gui.records.run_reader import read_last_save, read_repetition  # noqa: E402
from fooler_gui.session.engine_thread import EngineWorker, Task  # noqa: E402
from fooler_gui.session.outbox import Outbox  # noqa: E402

LAYERS = ("inputs", "conv0", "fc")
NAMES = ("0", "1", "2")
GOOD_STEPS = 4
QUICK = TrainingSettings(steps=12, batch_size=10, learning_rate=0.01, validation_images=8)


class Session:
    """A lab behind its worker, and its messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.classifier = str(folder / "first.keras")
        save_classifier(make_classifier(class_names=NAMES), Path(self.classifier), 0.5)
        self.lab = Lab(write_dataset(make_dataset(), folder / "tiny.npz"))
        self.lab.contents.opened_dataset = dataclasses.replace(self.lab.dataset, class_names=NAMES)
        self.outbox = Outbox(room=10_000)
        self.engine: Lab | BreaksOff = self.lab
        self.worker = EngineWorker(lambda: self, self.outbox)
        self.ask(jobs.OpenClassifier(path=self.classifier))

    def perform(self, job: jobs.Job, control: RunControl) -> Iterator[Message]:
        yield from self.engine.perform(job, control)

    def ask(self, job: jobs.Job) -> list[Message]:
        control = RunControl()
        if isinstance(job, jobs.Backwork):
            control = RunControl.for_descent(job.spec.coefficients, job.spec.descent)
        self.worker.perform(Task(run_id=1, job=job, control=control))
        messages = [envelope.message for envelope in self.outbox.take()]
        assert messages[-1] == JobEnded()
        return messages[:-1]

    def run(self, name: str, steps: int = 9) -> jobs.Backwork:
        spec = RunSpec(
            classifier=self.classifier,
            labels=(1, 2),
            slots=2,
            descent=DescentSettings(max_steps=steps, min_probability=1.0),
            coefficients=article_coefficients(LAYERS),
        )
        return jobs.Backwork(spec=spec, folder=str(self.folder / name))

    def assert_usable(self, name: str = "after") -> None:
        """A run finishes and is recorded completely."""
        messages = self.ask(self.run(name, steps=3))
        assert isinstance(messages[-1], RunFinished), messages[-1]
        record = read_record(self.folder / name)
        assert record.result is not None
        assert record.result.steps == 3
        assert np.isfinite(read_last_save(self.folder / name).images).all()


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path)


def _nan_net(session: Session) -> None:
    network = session.lab.contents.require_present().classifier.network
    network.set_weights([np.full_like(weights, np.nan) for weights in network.get_weights()])


def _raise(error: Exception) -> Callable[[Session], None]:
    def fail(_session: Session) -> None:
        raise error

    return fail


FAULTS: dict[str, tuple[Callable[[Session], None], str]] = {
    "nan": (_nan_net, "finite number"),
    "no memory in TensorFlow": (_raise(tf.errors.ResourceExhaustedError(None, None, "OOM")), "not enough memory"),
    "no memory": (_raise(MemoryError()), "not enough memory"),
    "exception": (_raise(RuntimeError("boom")), "(boom)"),
    "refusal": (_raise(LabError("It cannot be.")), "It cannot be."),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_run_that_breaks_off_leaves_its_last_good_save(
    session: Session, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    bring_about, sentence = FAULTS[fault]
    step, steps = LabelBatch.step, []

    def failing(batch: LabelBatch, *how: object) -> None:
        steps.append(batch.label)
        if len(steps) > 2 * GOOD_STEPS:  # two labels
            bring_about(session)
        step(batch, *how)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(LabelBatch, "step", failing)
        messages = session.ask(session.run("broken"))
    failure = messages[-1]
    assert isinstance(failure, JobFailed)
    assert sentence in failure.sentence
    assert "\n" not in failure.sentence
    shown = [message for message in messages if isinstance(message, Save)]
    folder = session.folder / "broken"
    result = read_record(folder).result
    assert result is not None
    assert set(result.stopped_by) == {STOPPED_BY_FAULT}
    reader = HistoryReader(folder)
    on_disk = [reader.save(number) for number in reader.index().numbers.tolist()]
    reader.close()
    assert len(on_disk) == len(shown) >= GOOD_STEPS
    for written, save in zip(on_disk, shown, strict=True):
        np.testing.assert_array_equal(written.images, save.images)
        assert np.isfinite(written.images).all()
    assert read_last_save(folder).step == shown[-1].step
    assert read_repetition(folder).record.spec.labels == (1, 2)
    session.ask(jobs.OpenClassifier(path=session.classifier))
    session.assert_usable()


def test_a_run_that_broke_off_can_be_made_anew_in_its_folder(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(LabelBatch, "step", lambda *_: (_ for _ in ()).throw(RuntimeError("boom")))
        assert isinstance(session.ask(session.run("run"))[-1], JobFailed)
    session.assert_usable("run")


class BreaksOff:
    """An engine whose job fails at its message `number`."""

    def __init__(self, lab: Lab, number: int, error: Exception) -> None:
        self._lab = lab
        self._number = number
        self._error = error
        self.broke_off = False

    def perform(self, job: jobs.Job, control: RunControl) -> Iterator[Message]:
        stream = self._lab.perform(job, control)
        for number, message in enumerate(stream):
            yield message
            if number == self._number:
                self.broke_off = True
                stream.throw(self._error)  # type: ignore[attr-defined]


def _jobs(session: Session) -> dict[str, jobs.Job]:
    first, folder = session.classifier, session.folder
    retraining = RetrainingSettings(steps=8, batch_size=10, noise=4, blanks=4)
    rounds = default_rounds(
        first, LAYERS, rounds=1, images_per_label=2, steps_per_round=4, stages=1, digits=12, noise=2, blanks=1,
        batch_size=6,
    )  # fmt: skip
    return {
        "train": jobs.Train(topology=Topology(convolutions=(), dense=(4,)), settings=QUICK, path=f"{folder}/t.keras"),
        "go on": jobs.Train(topology=Topology(), settings=QUICK, path=f"{folder}/g.keras", go_on=True),
        "retrain": jobs.Retrain(settings=retraining, images=noise((4, 8, 8, 1)), path=f"{folder}/r.keras"),
        "backwork": session.run("broken"),
        "rounds": jobs.PerformRounds(spec=rounds, folder=f"{folder}/rounds", second_opinion=first),
        "evaluate": jobs.Evaluate(
            settings=EvaluationSettings(images=10), found=noise((2, 8, 8, 1)), found_labels=np.array([1, 2])
        ),
        "least change": jobs.LeastChange(settings=LeastChangeSettings(steps=5), start="noise", label=1),
        "honesty": jobs.CheckHonesty(),
        "strongest": jobs.AttackStrongly(settings=StrongAttackSettings(images_a_kind=2, steps=2), starts=("uniform",)),
        "worst": jobs.FindWorstImages(count=2),
        "open": jobs.OpenClassifier(path=first),
        "save": jobs.SaveClassifier(path=f"{folder}/s.keras"),
    }


@pytest.mark.parametrize(
    "name",
    [
        "train",
        "go on",
        "retrain",
        "backwork",
        "rounds",
        "evaluate",
        "least change",
        "honesty",
        "strongest",
        "worst",
        "open",
        "save",
    ],
)
def test_the_lab_is_usable_after_any_job_broke_off_anywhere(session: Session, name: str) -> None:
    before = session.lab.classifier_info
    for number in (0, 1, 2, 5):
        broken = BreaksOff(session.lab, number, tf.errors.ResourceExhaustedError(None, None, "OOM"))
        session.engine = broken
        messages = session.ask(_jobs(session)[name])
        session.engine = session.lab
        if not broken.broke_off:
            break
        assert isinstance(messages[-1], JobFailed)
        assert "not enough memory" in messages[-1].sentence
        if session.lab.classifier_info.path == before.path:
            assert session.lab.classifier_info.sha256 == before.sha256
        session.ask(jobs.OpenClassifier(path=session.classifier))
        session.assert_usable(f"after-{number}")
    assert number > 0, "the job must have broken off at least once"
    assert not list(session.folder.glob(".*")), "a temporary file was left"
