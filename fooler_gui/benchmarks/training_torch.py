"""Training images a second: this program's trainer against PyTorch on the processor, channels last."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable

from fooler_gui.benchmarks.descents import article_dataset
from fooler_gui.benchmarks.row import Row, Target, not_installed
from fooler_gui.benchmarks.training import (
    BATCH_SIZES,
    EPSILON,
    IMAGES,
    LEARNING_RATE,
    compared,
    our_training,
    training_arrays,
)
from fooler_gui.engine.dataset import Dataset

_NAME, _COMPARISON = "training-torch", "PyTorch, channels last"
_TARGET = Target.at_least(1.0)


def measure() -> list[Row]:
    """Returns a row for each batch size."""
    if importlib.util.find_spec("torch") is None:
        return [
            not_installed("torch", _TARGET, name=_NAME, work=f"training, batch {batch_size}", comparison=_COMPARISON)
            for batch_size in BATCH_SIZES
        ]
    import torch

    dataset = article_dataset()
    return [
        compared(
            _TARGET,
            _NAME,
            _COMPARISON,
            batch_size,
            {"ours": our_training(dataset, batch_size), "theirs": _torch_training(dataset, batch_size)},
            f"PyTorch {torch.__version__} has the same settings, its images as tensors in memory and Adam fused.",
        )
        for batch_size in BATCH_SIZES
    ]


def _torch_training(dataset: Dataset, batch_size: int) -> Callable[[], float]:
    import torch
    from torch import nn

    arrays = training_arrays(dataset)
    images, labels = torch.from_numpy(arrays[0]).permute(0, 3, 1, 2), torch.from_numpy(arrays[1])
    images = images.contiguous(memory_format=torch.channels_last)
    net = nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(7 * 7 * 64, 1024),
        nn.ReLU(),
        nn.Linear(1024, len(dataset.class_names)),
    ).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE, eps=EPSILON, fused=True)
    cost = nn.CrossEntropyLoss(reduction="sum")

    def part() -> float:
        began = time.perf_counter()
        for indices in torch.randperm(IMAGES).split(batch_size):
            optimizer.zero_grad(set_to_none=True)
            cost(net(images[indices]), labels[indices]).backward()
            optimizer.step()
        return (time.perf_counter() - began) / IMAGES

    return part
