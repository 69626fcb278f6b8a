"""A process that has loaded TensorFlow and forks children that run commands, to be killed. For `kill_run` only.

Reads a JSON object per line: the child's task. Writes its process id, and its exit code once it has ended.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKPOINT_SECONDS = 0.1
"""Seconds between checkpoints of a training, so that a kill hits it writing."""


def serve() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Not by `backend.load`, which makes threads that a fork would lose.
    import keras  # noqa: F401
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    import fooler_gui.engine.lab  # noqa: F401

    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _become_child(order)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become_child(order: dict[str, str | list[str]]) -> None:
    output = os.open(str(order["output"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    code = 70
    try:
        code = _command(order) if order["do"] == "command" else _check_classifier(str(order["path"]))
    finally:
        sys.stderr.flush()
        os._exit(code)


def _command(order: dict[str, str | list[str]]) -> int:
    from fooler_gui.cli import main, session
    from fooler_gui.engine.mending import training_recording
    from fooler_gui.records.recorder import Recorder

    notes = os.open(str(order["notes"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    session.resource = lambda _name: Path(str(order["dataset"]))
    training_recording.CHECKPOINT_SECONDS = CHECKPOINT_SECONDS
    Recorder.add = _noted(Recorder.add, notes)  # type: ignore[method-assign]
    return main(list(order["arguments"]))


def _noted(add: Callable[..., None], notes: int) -> Callable[..., None]:
    """Returns `add` wrapped to note every save with the time, safe from a kill."""

    def noted(recorder: object, save: object) -> None:
        add(recorder, save)
        if hasattr(save, "images"):  # a training records points
            os.write(notes, f"{save.step} {time.monotonic()}\n".encode())

    return noted


def _check_classifier(path: str) -> int:
    from fooler_gui.engine.nets.classifier_file import load_classifier

    load_classifier(Path(path))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    serve()
