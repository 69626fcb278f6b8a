"""Makes transfer reports for tests of whatever shows them: two nets, three images of a run and two of a file."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.transfer import Answers, ImageSet, TransferReport

NAMES = ("cat", "dog", "owl")
LABELS = np.array([1, 1, 2])


def make_net(name: str) -> ClassifierInfo:
    """Returns a net that distinguishes cats, dogs and owls."""
    return ClassifierInfo(
        name=name,
        path=f"/nets/{name}.keras",
        sha256=f"hash of {name}",
        topology="dense 5",
        input_shape=(4, 4, 1),
        class_names=NAMES,
        recorded_layers=("inputs", "fc"),
        parameters=99,
        test_accuracy=0.5,
    )


def make_transfer() -> TransferReport:
    """Returns a matrix: the net *old*, which the run was made with, calls all three their label, *new* one of three.

    The file's two images have no labels.
    """
    noise = np.random.default_rng(0).random((3, 4, 4, 1), np.float32)
    by_old = np.array([[0.0, 1.0, 0.0], [0.25, 0.75, 0.0], [0.0, 0.375, 0.625]], np.float32)
    by_new = np.array([[0.25, 0.5, 0.25], [0.75, 0.25, 0.0], [0.5, 0.5, 0.0]], np.float32)
    run = ImageSet(name="three", images=noise, labels=LABELS, made_with="old", sha256="hash of old")
    file = ImageSet(name="others.npz", images=noise[:2], labels=None)
    return TransferReport(
        nets=(make_net("old"), make_net("new")),
        class_names=NAMES,
        sets=(run, file),
        answers=(
            (Answers.of(by_old, LABELS), Answers.of(by_new, LABELS)),
            (Answers.of(by_old[:2], None), Answers.of(by_new[:2], None)),
        ),
    )
