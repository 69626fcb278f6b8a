from __future__ import annotations

import dataclasses

import numpy as np
from strong_samples import make_attacked

from fooler_gui.exports.figures import draw_figure
from fooler_gui.exports.sure_images import sure_picture

NAMES = ("zero", "one", "two")


def test_each_image_stands_beside_the_nearest_training_image() -> None:
    attacked = make_attacked()
    expected = np.stack([attacked.images, attacked.nearest], axis=1).reshape(1, 6, 8, 6, 1)
    captions = [["one .9995", "two · differs", *["one .9995", "two · agrees"] * 2]]
    drawn = sure_picture(attacked, NAMES)
    assert drawn is not None
    assert drawn.tobytes() == draw_figure(expected, ["uniform"], captions, 2).tobytes()


def test_a_kind_with_fewer_images_ends_in_white_and_no_more_than_six_are_drawn() -> None:
    attacked = make_attacked()
    uniform, sparse = attacked.report.kinds
    one, *_ = attacked.report.images
    images = (*[one] * 8, dataclasses.replace(one, kind="sparse"))
    report = dataclasses.replace(
        attacked.report,
        kinds=(dataclasses.replace(uniform, over=8), dataclasses.replace(sparse, over=1)),
        images=images,
    )
    many = dataclasses.replace(
        attacked, report=report, images=np.zeros((9, 8, 6, 1), np.float32), nearest=np.zeros((9, 8, 6, 1), np.float32)
    )
    expected = np.zeros((2, 12, 8, 6, 1), np.float32)
    expected[1, 2:] = 1
    pair = ["one .9995", "two · differs"]
    drawn = sure_picture(many, NAMES)
    assert drawn is not None
    other = draw_figure(expected, ["uniform", "sparse"], [pair * 6, pair + [""] * 10], 2)
    assert drawn.tobytes() == other.tobytes()


def test_without_a_dataset_there_are_no_nearest_images() -> None:
    attacked = make_attacked()
    report = dataclasses.replace(
        attacked.report,
        images=tuple(dataclasses.replace(image, agreed=None, nearest=None) for image in attacked.report.images),
    )
    alone = dataclasses.replace(attacked, report=report, nearest=attacked.nearest[:0])
    drawn = sure_picture(alone, NAMES)
    assert drawn is not None
    expected = draw_figure(attacked.images[np.newaxis], ["uniform"], [["one .9995"] * 3], 2)
    assert drawn.tobytes() == expected.tobytes()


def test_there_is_no_picture_of_nothing() -> None:
    assert sure_picture(make_attacked(withstands=True), NAMES) is None
