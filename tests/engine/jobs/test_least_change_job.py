from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lab_jobs import FOUND, all_of, perform

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.least_change import LeastChangeSettings, figures_of
from fooler_gui.core.messages import LeastChangeFound, Message, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.array_file import write_arrays
from fooler_gui.data.starts import slot_rng
from fooler_gui.engine.lab import Lab


@pytest.fixture
def starts(tmp_path: Path) -> str:
    """The file of four images."""
    write_arrays(tmp_path / "starts.npz", {"images": FOUND})
    return str(tmp_path / "starts.npz")


def job(start: str, label: int = 1, **settings: object) -> jobs.LeastChange:
    wanted = LeastChangeSettings(**{"slots": len(FOUND)} | settings)  # type: ignore[arg-type]
    return jobs.LeastChange(settings=wanted, start=start, label=label)


def test_what_is_found_is_told_on_the_way_and_at_the_end(ready: Lab, starts: str) -> None:
    messages = perform(ready, job(starts, steps=60))
    found = all_of(messages, LeastChangeFound)
    assert [message.report.steps for message in found] == [0, 25, 50, 60]
    fractions = [message.fraction for message in all_of(messages, Working)]
    assert fractions == pytest.approx([step / 60 for step in range(61)])
    last = found[-1]
    assert not last.report.stopped
    assert last.report.found == 4
    assert (last.report.classifier, last.report.settings.steps) == (ready.classifier_info.name, 60)
    assert (last.report.start, last.report.label) == (starts, 1)
    assert not last.images.flags.writeable
    np.testing.assert_array_equal(last.starts, FOUND)


def test_the_report_tells_how_far_the_images_are_and_what_the_classifier_makes_of_them(ready: Lab, starts: str) -> None:
    last = all_of(perform(ready, job(starts, steps=40)), LeastChangeFound)[-1]
    classifier = ready.contents.require_present().classifier
    before, after = classifier.probabilities(FOUND), classifier.probabilities(last.images)
    for place, change in enumerate(last.report.changes):
        assert (change.start_class, change.start_probability) == (before[place].argmax(), before[place].max())
        assert change.probability == after[place, 1] == after[place].max()
        assert {name: getattr(change, name) for name in ("l2", "linf", "pixels")} == figures_of(
            last.images[place] - FOUND[place]
        )


def test_a_stop_keeps_what_has_been_found(ready: Lab, starts: str) -> None:
    def stop_at_step_30(message: Message, control: RunControl) -> None:
        if isinstance(message, Working) and message.fraction == 0.3:
            control.stop()

    found = all_of(perform(ready, job(starts, slots=2, steps=100), then=stop_at_step_30), LeastChangeFound)
    assert [message.report.steps for message in found] == [0, 25, 30]
    assert [message.report.stopped for message in found] == [False, False, True]
    assert found[-1].report.found == 2


def test_there_is_nothing_to_change_without_a_classifier(lab: Lab, starts: str) -> None:
    with pytest.raises(LabError, match="no classifier"):
        perform(lab, job(starts))


def test_a_label_that_the_classifier_lacks_is_refused(ready: Lab, starts: str) -> None:
    with pytest.raises(LabError, match=r"A label must be from 0 to 2; received 7\."):
        perform(ready, job(starts, 7))


def test_images_start_from_whatever_a_run_can_start_from(ready: Lab) -> None:
    found = all_of(perform(ready, job("noise", slots=3, rng_seed=5, steps=1)), LeastChangeFound)[-1]
    np.testing.assert_array_equal(found.starts, slot_rng(5, 1).random((3, 8, 8, 1), np.float32))
