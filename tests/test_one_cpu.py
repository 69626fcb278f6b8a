"""On one processor, where nothing that waits for another thread of TensorFlow's may ever come to an end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ON_ONE_CPU = """
import os, sys
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import pytest
assert not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) == 1
sys.exit(pytest.main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "roads",
    [
        (
            "cli/test_costs_command.py::test_costs_are_those_of_the_engine",
            "cli/test_backwork_command.py::test_a_run_with_a_folder_leaves_settings_and_saves",
            "cli/test_backwork_command.py::test_all_labels_are_every_class_of_the_classifier",
            "cli/test_train_command.py::test_the_text_names_file_and_accuracy",
            "cli/test_retrain_command.py::test_retraining_writes_a_classifier_and_compares",
            "cli/test_rounds_command.py::test_rounds_are_told_and_left_in_the_folder",
        ),
        ("shell/test_window.py::test_the_whole_road_from_training_to_a_picture",),
    ],
    ids=["commands", "window"],
)
def test_the_program_comes_to_its_end_on_one_cpu(roads: tuple[str, ...]) -> None:
    threads = {"TF_NUM_INTEROP_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}
    arguments = ["-q", *(str(TESTS / road) for road in roads)]
    finished = subprocess.run(
        [sys.executable, "-c", ON_ONE_CPU, *arguments],
        cwd=TESTS.parent,
        env=os.environ | threads,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-4_000:] + finished.stderr[-4_000:]
    assert f"{len(roads)} passed" in finished.stdout
