from __future__ import annotations

import csv
import io
import json

from evaluation_samples import make_digits, make_guaranteed_report, make_report, make_set

from fooler_gui.core.evaluation_csv import published_csv, sets_csv
from fooler_gui.core.evaluation_report import DRIVEN, FASHION, FIGURE_NAMES, FILE_SETS, SCALED, TEST, UNIFORM
from fooler_gui.core.published import PUBLISHED


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_set_has_a_line_and_a_set_not_loaded_has_no_figures() -> None:
    report = make_report()
    rows = read(sets_csv(report))
    assert [row["set"] for row in rows] == [TEST, *(figures.name for figures in report.sets), *FILE_SETS]
    digits, uniform, fashion = rows[0], rows[1], next(row for row in rows if row["set"] == FASHION)
    assert (digits["loaded"], digits["images"], digits["accuracy"], digits["auroc"]) == ("True", "10000", "0.9921", "")
    assert (uniform["mean_confidence"], uniform["accuracy"], uniform["median_scale"]) == ("0.962", "", "")
    assert next(row for row in rows if row["set"] == SCALED)["median_scale"] == "1.42"
    assert fashion["loaded"] == "False"
    assert {fashion[name] for name in ("images", *FIGURE_NAMES)} == {""}


def test_opinions_stand_in_the_line_of_their_set() -> None:
    rows = {row["set"]: row for row in read(sets_csv(make_report()))}
    assert (rows[DRIVEN]["independent net: agreed"], rows[DRIVEN]["independent net: images"]) == ("0.031", "2000")
    assert rows[DRIVEN]["nearest neighbours: agreed"] == "0.115"
    assert rows[UNIFORM]["independent net: agreed"] == ""
    assert "agreed" not in sets_csv(make_report(opinions=()))


def test_published_values_have_ours_beside_them_and_whether_it_lies_in_the_band() -> None:
    uniform = make_set(UNIFORM, mean_confidence=0.95, auroc=0.99)
    rows = read(published_csv(make_report(sets=(uniform,), test=make_digits(confidence_wrong=None))))
    assert len(rows) == len(PUBLISHED)
    of = {(row["set"], row["figure"], row["published"]): row for row in rows}
    within, outside = of[UNIFORM, "mean_confidence", "0.987"], of[UNIFORM, "auroc", "0.919"]
    assert (within["ours"], within["band_lowest"], within["band_highest"]) == ("0.95", "0.9", "1.0")
    assert (within["in_band"], outside["in_band"]) == ("True", "False")
    other = of[UNIFORM, "auroc", "0.9789"]
    assert (other["ours"], other["band_lowest"], other["in_band"]) == ("0.99", "", "")
    not_loaded, none = of[FASHION, "auroc", "0.971"], of[TEST, "confidence_wrong", "0.8476"]
    assert (not_loaded["ours"], not_loaded["in_band"], not_loaded["band_lowest"]) == ("", "", "0.94")
    assert none["ours"] == ""


def test_a_report_can_be_written_as_json() -> None:
    written = json.loads(json.dumps(make_report().to_dict()))
    assert written["settings"] == {"images": 10_000, "rng_seed": 0}
    assert written["sets"][0]["name"] == UNIFORM


def test_what_a_guarantee_promises_stands_in_the_line_of_its_set() -> None:
    rows = {row["set"]: row for row in read(sets_csv(make_guaranteed_report()))}
    names = ("certified_images", "certified_level", "certified", "median_radius", "median_radius_over_nearest")
    assert [rows[UNIFORM][name] for name in names] == ["1000", "0.11", "1.0", "4.0", "0.55"]
    assert rows[TEST]["certified"] == "0.0"
    assert {rows[FASHION][name] for name in names} == {""}
    assert "certified" not in sets_csv(make_report())
