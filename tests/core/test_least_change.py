from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from fooler_gui.core.least_change import (
    LINF,
    ImageChange,
    LeastChangeReport,
    LeastChangeSettings,
    changes_csv,
    figures_of,
)
from fooler_gui.core.settings import SettingError

NEAR = ImageChange(start_class=7, start_probability=0.75, l2=1.0, linf=0.25, pixels=10, probability=0.5)
FAR = ImageChange(start_class=7, start_probability=0.5, l2=2.0, linf=0.5, pixels=21, probability=0.75)
MISSED = ImageChange(start_class=1, start_probability=1.0)


def report_of(*changes: ImageChange) -> LeastChangeReport:
    return LeastChangeReport(
        classifier="net",
        settings=LeastChangeSettings(norm=LINF),
        start="digits:7",
        label=3,
        changes=changes,
        steps=300,
        seconds=1.5,
    )


def test_the_figures_of_a_change_worked_by_hand() -> None:
    change = np.array([[0.3, -0.4], [0.0, 0.003]], np.float32)[..., np.newaxis]
    figures = figures_of(change)
    assert figures["l2"] == pytest.approx(0.500009, abs=1e-6)
    assert figures["linf"] == pytest.approx(0.4)
    assert figures["pixels"] == 2  # 0.003 is less than 1/255


def test_a_pixel_that_changes_in_several_channels_is_counted_once() -> None:
    change = np.zeros((2, 2, 3), np.float32)
    change[0, 0] = 0.5, -0.5, 0.0
    change[1, 1, 2] = 0.25
    assert figures_of(change)["pixels"] == 2


def test_means_are_over_the_images_found() -> None:
    report = report_of(NEAR, MISSED, FAR)
    assert report.found == 2
    assert report.means == {"l2": 1.5, "linf": 0.375, "pixels": 15.5, "probability": 0.625}


def test_without_an_image_found_there_are_no_means() -> None:
    assert report_of(MISSED).means == {}


def test_a_report_is_json_with_every_image() -> None:
    facts = json.loads(json.dumps(report_of(NEAR, MISSED).to_dict(), allow_nan=False))
    assert (facts["images"], facts["found"], facts["steps"]) == (2, 1, 300)
    assert (facts["settings"]["norm"], facts["start"], facts["label"]) == ("linf", "digits:7", 3)
    assert facts["changes"][0] == {
        "found": True, "start_class": 7, "start_probability": 0.75, "l2": 1.0, "linf": 0.25, "pixels": 10,
        "probability": 0.5,
    }  # fmt: skip
    assert (facts["changes"][1]["found"], facts["changes"][1]["l2"]) == (False, None)


def test_the_table_names_classes_and_leaves_what_was_not_found_empty() -> None:
    lines = list(csv.DictReader(io.StringIO(changes_csv(report_of(NEAR, MISSED), [*"abcdefgh"]))))
    assert [line["image"] for line in lines] == ["0", "1"]
    assert (lines[0]["start_class"], lines[0]["label"], lines[0]["l2"], lines[0]["pixels"]) == ("h", "d", "1.0", "10")
    assert (lines[1]["start_class"], lines[1]["found"], lines[1]["l2"]) == ("b", "False", "")


def test_only_the_two_distances_can_be_least() -> None:
    with pytest.raises(SettingError, match=r"norm must be one of l2, linf; received 'l1'\."):
        LeastChangeSettings(norm="l1")
