from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_engine import info
from recorded_runs import closed
from run_samples import make_spec
from saves import make_save

from fooler_gui.core.milestones import NAMES
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.records.run_folder import new_record, run_recorder
from fooler_gui.session import run_view
from fooler_gui.session.run_view import open_run


def recorded(folder: Path, steps: int, reached: int) -> Path:
    """Records saves whose image becomes the top class, and over .9999, at step `reached` and is unsure again later."""
    spec = make_spec((1,), slots=1)
    classifier = replace(info("first"), class_names=("cat", "dog"))
    recorder = run_recorder(folder, new_record(spec, classifier, references=ReferenceCount(20, 48)))
    for step in range(steps):
        sure = step == reached
        recorder.add(make_save((1,), 1, (4, 4, 1), step, probabilities=0.99995 if sure else 0.1, leads=sure))
    assert closed(recorder) == ""
    return folder


def test_a_run_of_which_few_saves_are_read_has_its_milestones_exactly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recorded(tmp_path / "run", 50, reached=17)
    monkeypatch.setattr(run_view, "_SAMPLED", 3)
    run, _ = open_run(folder)
    reached = run.milestones.of(1, 0)
    assert list(reached) == list(NAMES)
    assert {milestone.step for milestone in reached.values()} == {17}
    steps = run.series.view(0, 50, 1_000).steps
    np.testing.assert_array_equal(steps, [0, 17, 24, 49])
    assert run.newest is not None
    assert run.newest.step == 49
    assert (run.label_names, run.references) == (("dog",), ReferenceCount(20, 48))
    run.close()
