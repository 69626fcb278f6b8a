from __future__ import annotations

import csv
import dataclasses
import io
import json

import numpy as np
import pytest
from transfer_samples import make_transfer

from fooler_gui.core.class_words import are_classes
from fooler_gui.core.transfer import (
    ImageSet,
    TransferReport,
    answers_csv,
    transfer_csv,
    transfer_sentence,
    wilson_interval,
)


def test_a_cell_tells_how_many_images_the_net_calls_their_label_and_its_mean_probability() -> None:
    report = make_transfer()
    old, new = report.figures(0, 0), report.figures(0, 1)
    assert (old.images, old.called, old.share) == (3, 3, 1.0)
    assert old.mean_probability == pytest.approx((1 + 0.75 + 0.625) / 3)
    assert (new.called, new.share) == (1, 1 / 3)
    assert new.mean_probability == pytest.approx((0.5 + 0.25 + 0) / 3)
    assert new.mean_confidence == pytest.approx((0.5 + 0.75 + 0.5) / 3)


def test_only_the_net_that_images_were_made_with_is_their_own() -> None:
    report = make_transfer()
    assert [[report.is_own(row, column) for column in (0, 1)] for row in (0, 1)] == [[True, False], [False, False]]


def test_images_without_labels_have_only_a_mean_confidence() -> None:
    figures = make_transfer().figures(1, 0)
    assert (figures.called, figures.share, figures.interval, figures.mean_probability) == (None, None, None, None)
    assert figures.mean_confidence == pytest.approx((1 + 0.75) / 2)


def test_no_images_have_no_share() -> None:
    full = make_transfer()
    none = ImageSet(name="none", images=np.empty((0, 4, 4, 1), np.float32), labels=np.empty(0, np.int64))
    empty = full.answers[0][0].of(np.empty((0, 3), np.float32), none.labels)
    report = TransferReport(nets=full.nets[:1], class_names=full.class_names, sets=(none,), answers=((empty,),))
    figures = report.figures(0, 0)
    assert (figures.images, figures.called) == (0, 0)
    assert (figures.share, figures.interval, figures.mean_probability, figures.mean_confidence) == (None,) * 4


@pytest.mark.parametrize(
    ("count", "of", "lowest", "highest"),
    [(8, 10, 0.490162, 0.943318), (0, 5, 0.0, 0.434482), (5, 5, 0.565518, 1.0), (50, 100, 0.403832, 0.596168)],
)
def test_the_interval_is_wilsons(count: int, of: int, lowest: float, highest: float) -> None:
    assert wilson_interval(count, of) == pytest.approx((lowest, highest), abs=1e-6)


def test_the_json_has_every_net_and_every_cell() -> None:
    facts = json.loads(json.dumps(make_transfer().to_dict(), allow_nan=False))
    assert [net["name"] for net in facts["nets"]] == ["old", "new"]
    run, file = facts["sets"]
    assert (run["name"], run["made_with"], run["images"], run["labelled"]) == ("three", "old", 3, True)
    assert [(cell["net"], cell["own"], cell["called"]) for cell in run["by_net"]] == [
        ("old", True, 3),
        ("new", False, 1),
    ]
    assert run["by_net"][1]["interval"] == pytest.approx(wilson_interval(1, 3))
    assert (file["labelled"], file["by_net"][0]["share"], file["by_net"][0]["interval"]) == (False, None, None)


def test_the_json_counts_what_nets_say_of_images_that_they_did_not_make() -> None:
    report = make_transfer()
    facts = report.to_dict()
    assert (facts["asked"], facts["called"], facts["called_share"]) == (3, 1, 1 / 3)
    alone = dataclasses.replace(report, nets=report.nets[:1], answers=tuple(row[:1] for row in report.answers))
    assert (alone.to_dict()["asked"], "called_share" in alone.to_dict()) == (0, False)


def test_the_table_has_a_line_for_each_set_and_net() -> None:
    lines = list(csv.DictReader(io.StringIO(transfer_csv(make_transfer()))))
    assert [(line["images of"], line["scored by"], line["called"]) for line in lines] == [
        ("three", "old", "3"),
        ("three", "new", "1"),
        ("others.npz", "old", ""),
        ("others.npz", "new", ""),
    ]
    assert float(lines[1]["lowest"]) == pytest.approx(wilson_interval(1, 3)[0])


def test_the_table_of_answers_has_a_line_for_each_image() -> None:
    lines = list(csv.DictReader(io.StringIO(answers_csv(make_transfer()))))
    assert [(line["images of"], line["image"], line["label"]) for line in lines] == [
        ("three", "1", "dog"), ("three", "2", "dog"), ("three", "3", "owl"), ("others.npz", "1", ""),
        ("others.npz", "2", ""),
    ]  # fmt: skip
    second = lines[1]
    assert (second["old: class"], second["old: probability"]) == ("dog", "0.75")
    assert (second["new: class"], second["new: probability of the label"]) == ("cat", "0.25")
    assert lines[4]["new: probability of the label"] == ""


def test_the_status_says_how_many_nets_were_asked_about_how_many_images() -> None:
    assert transfer_sentence(make_transfer()) == "Asked 2 nets about 5 images."


@pytest.mark.parametrize(
    ("names", "wanted", "are_same"),
    [
        (("cat", "dog"), ("cat", "dog"), True),
        (("cat", "dog"), ("dog", "cat"), False),
        (("0", "1"), ("cat", "dog"), True),
        (("cat", "dog"), ("0", "1"), False),
        (("0", "1"), ("0", "1", "2"), False),
    ],
)
def test_classes_are_those_wanted_by_name_or_if_they_are_mere_numbers(
    names: tuple[str, ...], wanted: tuple[str, ...], *, are_same: bool
) -> None:
    assert are_classes(names, wanted) is are_same
