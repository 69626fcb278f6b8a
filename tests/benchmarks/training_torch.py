"""Training images a second: this program's trainer against PyTorch on the processor, channels last."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from benchmarks.descents import article_dataset
from benchmarks.row import Row, Target, not_installed
from benchmarks.torch_net import TorchTraining, train_on_request
from benchmarks.training import (
    BATCH_SIZES,
    EPSILON,
    LEARNING_RATE,
    compared,
    our_training,
    training_arrays,
)
from fooler_gui.data.dataset import Dataset

_NAME, _COMPARISON = "training-torch", "PyTorch, channels last"
_TARGET = Target.at_least(1.0)


def measure() -> list[Row]:
    """Returns a row for each batch size."""
    if importlib.util.find_spec("torch") is None:
        return [
            not_installed("torch", _TARGET, name=_NAME, work=f"training, batch {batch_size}", comparison=_COMPARISON)
            for batch_size in BATCH_SIZES
        ]
    dataset = article_dataset()
    return [_measured(dataset, batch_size) for batch_size in BATCH_SIZES]


def _measured(dataset: Dataset, batch_size: int) -> Row:
    with _torch_training(dataset, batch_size) as theirs:
        return compared(
            _TARGET,
            _NAME,
            _COMPARISON,
            batch_size,
            {"ours": our_training(dataset, batch_size), "theirs": theirs},
            f"PyTorch {importlib.metadata.version('torch')} has the same settings, its images as tensors in memory, "
            "and its own process.",
        )


@contextmanager
def _torch_training(dataset: Dataset, batch_size: int) -> Iterator[Callable[[], float]]:
    """Yields a part that trains in PyTorch's process and returns the seconds per image; ends it on exit."""
    images, labels = training_arrays(dataset)
    training = TorchTraining(
        images=images, labels=labels, batch_size=batch_size, learning_rate=LEARNING_RATE, epsilon=EPSILON
    )
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=train_on_request, args=(theirs, training), daemon=True)
    process.start()
    theirs.close()  # so that a crashed process does not block waiting for its answer

    def part() -> float:
        ours.send(True)
        try:
            seconds: float = ours.recv()
        except EOFError as error:
            raise ChildProcessError("PyTorch's process ended before it answered.") from error
        return seconds

    try:
        yield part
        ours.send(False)
    finally:
        ours.close()
        process.join()
