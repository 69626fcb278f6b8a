"""Makes a training and a test part of what a reader found: classes, order, split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.class_names import LABELS_FILE, checked_names, classes_in, indices_of
from fooler_gui.data.readers.found import Array, Found, Part, Role

_SEED = 0
_TEST_SHARE = 5
"""One of so many images of each class is for the test."""

Places = npt.NDArray[np.int64]


class Arranged(NamedTuple):
    """Where every image goes.

    Attributes:
        class_names: One for each class.
        train_labels: (N,) uint8, or uint16 for more than 256 classes, of the training images.
        test_labels: (M,) likewise.
        to_train: For each of the parts (n,), the place of each image among the training images, or -1.
        to_test: For each of the parts (n,), likewise among the test images.
        remarks: What was split and ordered, in sentences.
    """

    class_names: tuple[str, ...]
    train_labels: npt.NDArray[np.unsignedinteger]
    test_labels: npt.NDArray[np.unsignedinteger]
    to_train: tuple[Places, ...]
    to_test: tuple[Places, ...]
    remarks: tuple[str, ...]


def arranged(found: Found, named: Sequence[str], given: Sequence[str] | None) -> Arranged:
    """Returns where the images of `found` go.

    Test images are those of the test part; without one, of the validation part; without either, a fifth of each class,
    drawn with a fixed seed. With both, the validation images stand first among the training images, where trainings
    take theirs from. A part that lies class by class is shuffled with a fixed seed, as the first images must not all be
    of one class.

    Args:
        found: The dataset.
        named: The names in ``labels.txt`` beside it; none if there is no such file.
        given: The names to use in any case; None for those of the dataset.

    Raises:
        ArrayFileError: There are fewer than two classes, more classes than names, or no image to spare for a test.
    """
    remarks: list[str] = []
    names, indices = _classes(found, named, given, remarks)
    rng = np.random.default_rng(_SEED)
    orders, shuffled = _orders(found.parts, indices, rng)
    if shuffled:
        remarks.append(f"The {' and '.join(shuffled)} images lie class by class; they were shuffled (seed 0).")
    roles = {part.role for part in found.parts}
    test_role = Role.TEST if Role.TEST in roles else Role.VALIDATION
    if test_role is Role.VALIDATION and Role.VALIDATION in roles:
        remarks.append("There is no test part; the validation images are used as test images.")
    elif {Role.VALIDATION, Role.TEST} <= roles:
        count = sum(len(part.labels) for part in found.parts if part.role is Role.VALIDATION)
        remarks.append(f"The {count:,} validation images stand first among the training images.")
    # The validation images come first.
    train = _sequence(found.parts, orders, [role for role in (Role.VALIDATION, Role.TRAIN) if role is not test_role])
    test = _sequence(found.parts, orders, [test_role])
    if not len(test):
        train, test = _split(train, indices, rng)
        remarks.append(
            f"There is no test part; {len(test):,} images, a fifth of each class, were drawn for it (seed 0)."
        )
        if not len(test):
            raise ArrayFileError(f"{found.name} must have at least two images of some class; it has not.")
    kind = np.uint8 if len(names) <= 256 else np.uint16
    return Arranged(
        class_names=names,
        train_labels=_labels_of(train, indices).astype(kind),
        test_labels=_labels_of(test, indices).astype(kind),
        to_train=_places(train, found.parts),
        to_test=_places(test, found.parts),
        remarks=tuple(remarks),
    )


def _classes(
    found: Found, named: Sequence[str], given: Sequence[str] | None, remarks: list[str]
) -> tuple[tuple[str, ...], list[Places]]:
    """Returns the names of the classes, and for each part (n,) the class of each image."""
    labels = [part.labels for part in found.parts]
    values, names = classes_in(np.concatenate(labels))
    is_text = values.dtype.kind == "U"
    fixed = found.class_names if given is None else tuple(given)
    if fixed:
        fitting = np.array(fixed) if is_text else np.arange(len(fixed))
        _check_named(found.name, values, fitting)
        values, names = fitting, checked_names(fixed)
    elif named:
        if is_text and set(names) <= set(named):
            values, names = np.array(named), tuple(named)
        elif len(named) == len(values) or (len(named) > len(values) and _counts_from_zero(values)):
            values, names = values if len(named) == len(values) else np.arange(len(named)), tuple(named)
        else:
            remarks.append(
                f"{LABELS_FILE} names {len(named):,} classes, the labels are of {len(values):,}; it is not used."
            )
    if not is_text and not _counts_from_zero(values):
        remarks.append(f"Labels {values[0]} to {values[-1]} were taken as {len(values):,} classes in this order.")
    if len(names) < 2:
        raise ArrayFileError(f"{found.name} must have at least two classes; received one, {names[0]}.")
    return names, [indices_of(part, values) for part in labels]


def _counts_from_zero(values: Array) -> bool:
    return values.dtype.kind != "U" and np.array_equal(values, np.arange(len(values)))


def _check_named(name: str, values: Array, allowed: Array) -> None:
    """Refuses labels for which there is no name."""
    strange = values[~np.isin(values, allowed)]
    if len(strange):
        raise ArrayFileError(
            f"{name} must have labels for which there is a class name, {len(allowed):,} in all; received {strange[0]}."
        )


def _orders(
    parts: Sequence[Part], classes: Sequence[Places], rng: np.random.Generator
) -> tuple[list[Places], list[str]]:
    """Returns the order in which the images of each part are taken, and what the parts are that were shuffled.

    They are taken as they lie, or shuffled if they lie class by class.
    """
    orders, shuffled = [], []
    for part, own in zip(parts, classes, strict=True):
        steps = np.diff(own)
        if (steps < 0).any() or (steps > 0).all() or not steps.any():
            orders.append(np.arange(len(own)))
        else:
            orders.append(rng.permutation(len(own)))
            shuffled.append(part.role.value)
    return orders, list(dict.fromkeys(shuffled))


def _sequence(parts: Sequence[Part], orders: Sequence[Places], roles: Sequence[Role]) -> Places:
    """Returns (N, 2) the images of the parts with `roles`, in this order: number of the part, place there."""
    chosen = [number for role in roles for number, part in enumerate(parts) if part.role is role]
    pairs = [np.stack([np.full(len(orders[number]), number), orders[number]], axis=1) for number in chosen]
    return np.concatenate([np.empty((0, 2), np.int64), *pairs])


def _split(images: Places, classes: Sequence[Places], rng: np.random.Generator) -> tuple[Places, Places]:
    """Returns the `images` (N, 2) without and with the fifth of each class that is drawn; at least one of two."""
    labels = _labels_of(images, classes)
    is_test = np.zeros(len(images), bool)
    for label in np.unique(labels):
        own = np.flatnonzero(labels == label)
        count = max(1, round(len(own) / _TEST_SHARE)) if len(own) > 1 else 0
        is_test[rng.choice(own, count, replace=False)] = True
    return images[~is_test], images[is_test]


def _labels_of(images: Places, classes: Sequence[Places]) -> Places:
    """Returns (N,) the classes of `images` (N, 2)."""
    starts = np.cumsum([0, *map(len, classes)])
    return np.concatenate(classes)[starts[images[:, 0]] + images[:, 1]]


def _places(images: Places, parts: Sequence[Part]) -> tuple[Places, ...]:
    """Returns for each part (n,) where in `images` (N, 2) each of its images is, or -1."""
    places = [np.full(len(part.labels), -1) for part in parts]
    for number, place in enumerate(places):
        own = np.flatnonzero(images[:, 0] == number)
        place[images[own, 1]] = own
    return tuple(places)
