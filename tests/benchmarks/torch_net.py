"""The article's net and its training in PyTorch, for a process without TensorFlow.

Both libraries keep threads that wait for work; in one process they would slow each other down.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TorchTraining:
    """The data and settings of a training.

    Attributes:
        images: (N, 28, 28, 1) float32 in [0, 1].
        labels: (N,) int64, from 0 to 9.
        batch_size: Images per step.
        learning_rate: Adam's, on the summed cross-entropy.
        epsilon: Adam's.
    """

    images: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    batch_size: int
    learning_rate: float
    epsilon: float


def train_on_request(connection: Connection, training: TorchTraining) -> None:
    """Trains a fresh net on all images once for every true value received, and sends the seconds per image.

    A false value ends it.
    """
    import torch
    from torch import nn

    images = torch.from_numpy(training.images).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
    labels = torch.from_numpy(training.labels)
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
        nn.Linear(1024, 10),
    ).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), lr=training.learning_rate, eps=training.epsilon)
    cost = nn.CrossEntropyLoss(reduction="sum")
    while connection.recv():
        began = time.perf_counter()
        for indices in torch.randperm(len(images)).split(training.batch_size):
            optimizer.zero_grad(set_to_none=True)
            cost(net(images[indices]), labels[indices]).backward()
            optimizer.step()
        connection.send((time.perf_counter() - began) / len(images))
