from __future__ import annotations

import csv
import hashlib
import json
import math
import re
import sqlite3
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from sweep_samples import done_sweep

from fooler_gui.core.errors import LabError
from fooler_gui.sweeps import cell_files
from fooler_gui.sweeps.sweep_export import EXPORT_FORMATS, export_sweep

TEXT = """job = "backwork"
slots = 4
[vary]
labels = [3, 7]
objective = ["logit", "=cmd()<b>"]
rng_seed = {from = 0, to = 5}
"""
HOSTILE = '<script>alert("x")</script> & =HYPERLINK("//example.org")'
EMPTY = {"meta", "br"}


def found(options: Mapping[str, Any]) -> dict[str, float] | str:
    if options["labels"] == 7 and options["rng_seed"] == 5:
        return HOSTILE
    figures = {"images": 4.0, "fooling": 4.0 if options["labels"] == 3 else 2.0}
    return figures | {"distance": 2.0 + options["rng_seed"] + 10 * (options["labels"] == 7)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return done_sweep(tmp_path / "a & <b>", TEXT, found)


def change(folder: Path, statement: str, *values: float | str) -> None:
    connection = sqlite3.connect(folder / "results.sqlite")
    connection.execute(statement, values)
    connection.commit()
    connection.close()


class Page(HTMLParser):
    """Takes an HTML file apart; refuses elements that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str, str]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in EMPTY:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.text += data
        if "svg" not in self._open and {"td", "th"} & set(self._open):
            self.rows[-1][-1] += data

    def tags(self) -> set[str]:
        return {tag for tag, _, _ in self.attributes}


def report(folder: Path) -> Page:
    path = folder.parent / "report.html"
    export_sweep(folder, path, overwrite=True)
    return Page(path.read_text(encoding="utf-8"))


def test_a_table_has_a_row_for_each_cell_and_no_formulas(folder: Path, tmp_path: Path) -> None:
    export_sweep(folder, tmp_path / "cells.csv")
    with (tmp_path / "cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    assert list(rows[0]) == [
        "place", "hash", "state", "run", "bytes", "seconds", "worker", "error", "labels", "objective", "rng_seed",
        "images", "fooling", "distance",
    ]  # fmt: skip
    assert (rows[0]["labels"], rows[0]["distance"], rows[0]["error"]) == ("3", "2.0", "")
    assert rows[23]["error"] == HOSTILE
    assert rows[6]["objective"] == "'=cmd()<b>"


def test_a_parquet_file_has_the_same_with_types_and_says_how_it_was_made(folder: Path, tmp_path: Path) -> None:
    export_sweep(folder, tmp_path / "cells.parquet")
    table = parquet.read_table(tmp_path / "cells.parquet")
    kinds = {field.name: str(field.type) for field in table.schema}
    assert {name: kinds[name] for name in ("place", "rng_seed", "objective", "distance", "error", "run")} == {
        "place": "int64",
        "rng_seed": "int64",
        "objective": "string",
        "distance": "double",
        "error": "string",
        "run": "string",
    }
    assert table.column("distance").to_pylist()[:2] == [2.0, 3.0]
    assert table.column("distance").to_pylist()[-1] is None
    carried = json.loads(table.schema.metadata[b"fooler"])
    assert carried["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()


def test_without_pyarrow_a_sentence_says_how_to_get_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cell_files.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(LabError, match=r"needs PyArrow, which is not installed; get it by: python -m pip install"):
        export_sweep(folder, tmp_path / "cells.parquet")
    assert list(tmp_path.iterdir()) == [folder]


def test_json_has_provenance_settings_with_statistics_and_cells(folder: Path, tmp_path: Path) -> None:
    """By hand: the label 7 is further away by 10 on all five seeds that both have, p = 2 / 2⁵, of three settings."""
    export_sweep(folder, tmp_path / "all.json")
    data = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert data["provenance"]["file"] == TEXT
    assert data["provenance"]["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    assert data["provenance"]["name"] == "a & <b>"
    assert set(data["provenance"]["exported_with"]) >= {"fooler", "python", "numpy"}
    assert [cell["place"] for cell in data["cells"]] == list(range(24))
    assert data["cells"][23]["distance"] is None
    first, *_, last = data["settings"]
    assert last["values"] == {"labels": 7, "objective": "=cmd()<b>"}
    assert (last["cells"], last["failed"]) == (5, 1)
    assert last["figures"]["fooling"] == pytest.approx({"value": 0.5, "low": 0.299298, "high": 0.700702, "count": 20})
    assert first["beside_the_first"] == []
    beside = {each["figure"]: each for each in last["beside_the_first"]}
    assert beside["distance"] == {
        "figure": "distance", "test": "Wilcoxon", "difference": 10.0, "p": 0.0625, "p_holm": 0.1875, "pairs": 5,
    }  # fmt: skip
    assert beside["all_fool"]["test"] == "McNemar"
    assert beside["all_fool"]["difference"] == -1.0
    assert math.isclose(beside["all_fool"]["p"], 0.0625)


def test_the_report_stands_alone_and_runs_nothing(folder: Path) -> None:
    page = report(folder)
    assert page.tags().isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "a:href", "use", "image", "base"}
    )
    policy = [value for tag, name, value in page.attributes if (tag, name) == ("meta", "content")]
    assert policy[0].startswith("default-src 'none'")
    references = [
        value for _, name, value in page.attributes if name in ("href", "src", "xlink:href", "style", "srcset")
    ]
    assert references
    assert all(re.fullmatch(r"#figure-\d+", value) for value in references)
    assert not any(name.startswith("on") for _, name, _ in page.attributes)
    text = (folder.parent / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|https?:", text)


def test_whatever_a_stranger_wrote_stays_text(folder: Path) -> None:
    page = report(folder)
    assert [row for row in page.rows if row[0] == HOSTILE] == [[HOSTILE, "2", "18, 24"]]
    assert "Sweep a & <b>" in page.text
    assert "=cmd()<b>" in page.text
    assert "b" not in page.tags()


def test_the_report_has_every_setting_with_interval_test_and_corrected_p(folder: Path) -> None:
    page = report(folder)
    starts = [place for place, row in enumerate(page.rows) if row[:2] == ["labels", "objective"]]
    titles = ["images that fool", "cells where all fool", "distance from the start (L2)", "time (s)"]
    assert len(starts) == len(titles)
    assert all(f"{title}" in page.text for title in titles)
    distances = page.rows[starts[2] : starts[3]]
    assert distances == [
        ["labels", "objective", "cells", "", "95 % interval", "difference", "pairs", "p", "p (Holm)"],
        ["3", "logit", "6", "", "4.5 (2.5 to 6.5)", "–", "–", "–", "–"],
        ["3", "=cmd()<b>", "6", "", "4.5 (2.5 to 6.5)", "0", "6", "1.000", "1.000"],
        ["7", "logit", "5", "", "14 (12 to 16)", "+10", "5", "0.062", "0.188"],
        ["7", "=cmd()<b>", "5", "", "14 (12 to 16)", "+10", "5", "0.062", "0.188"],
    ]
    assert page.rows[starts[0] + 3][2:6] == ["20", "", "50.0 % (29.9 % to 70.1 %)", "−50.0 points"]


def test_the_report_draws_fields_strips_and_what_it_pools(folder: Path) -> None:
    page = report(folder)
    told = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert "distance from the start (L2) over objective and labels" in told
    assert "labels 3, objective logit: 4.5 (2.5 to 6.5), 6 cells" in told
    assert "labels 7, objective logit: 50.0 % (29.9 % to 70.1 %), 20 images" in told
    paths = [value for tag, name, value in page.attributes if (tag, name) == ("path", "d") and "h0" in value]
    assert [path.count("h0") for path in paths] == [6, 6, 5, 5] * 4
    fills = [value for tag, name, value in page.attributes if (tag, name) == ("rect", "fill")]
    assert {"#f4f8fc", "#08306b"} <= set(fills)


def test_a_third_option_makes_small_multiples_and_a_fourth_is_pooled(tmp_path: Path) -> None:
    text = 'job = "train"\n[vary]\na = [1, 2]\nb = [1, 2]\nc = [1, 2, 3]\nd = [0.5, 1.0]\n'
    page = report(
        done_sweep(tmp_path / "sweep", text, lambda options: {"y": options["b"] + options["c"] * options["d"]})
    )
    told = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert told.count("y over d and c") == 2
    assert "A field of a heat map pools the cells that differ in a." in page.text


def test_of_very_many_settings_each_option_has_a_table_over_all_others(tmp_path: Path) -> None:
    text = 'job = "train"\n[vary]\na = {from = 0, to = 20}\nb = {from = 1, to = 10}\nrng_seed = [0, 1]\n'
    page = report(done_sweep(tmp_path / "sweep", text, lambda options: {"y": float(options["a"])}))
    assert "There are more than 200 settings, so each option has a table, over all others." in page.text
    heads = [row[0] for row in page.rows if row[1] == "cells"]
    assert heads == ["a", "b"] * 2
    assert page.rows[21] == ["20", "20", "", "20", "+20", "20", "<0.001", "<0.001"]


def test_cells_with_drawn_numbers_are_points_along_an_axis(tmp_path: Path) -> None:
    drawn = "learning_rate = {low = 1e-3, high = 1.0, log = true}"
    text = f'job = "train"\n[vary]\nrng_seed = [0, 1]\n[draw]\ncount = 20\n{drawn}\n'
    page = report(done_sweep(tmp_path / "sweep", text, lambda options: {"y": options["learning_rate"]}, most=30))
    told = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert "y over learning_rate, 30 cells" in told
    assert "numbers drawn from 1e-3 to 1, their logarithms uniformly" in page.text
    assert "30 of 40 cells of train done, 10 to do." in page.text


def test_a_sweep_that_has_only_begun_has_a_report_too(tmp_path: Path) -> None:
    page = report(done_sweep(tmp_path / "sweep", TEXT, found, most=0))
    assert "0 of 24 cells of backwork done, 24 to do." in page.text
    assert page.rows == []


def test_the_report_says_how_the_sweep_was_made(folder: Path) -> None:
    page = report(folder)
    assert TEXT in page.text
    assert hashlib.sha256(TEXT.encode()).hexdigest() in page.text
    assert "22 of 24 cells of backwork done, 2 failed." in page.text


def test_the_report_tells_what_the_first_kept_run_records_without_its_folders(tmp_path: Path) -> None:
    folder = done_sweep(tmp_path / "sweep", TEXT, found)
    run = folder / "runs" / "first"
    run.mkdir(parents=True)
    (run / "run.toml").write_text(
        '[about]\nbegun = "2026-03-14"\nname = "mine"\n'
        '[versions]\ntensorflow = "2.21.0"\n[dataset]\npath = "/home/me/x"\n'
    )
    change(folder, "UPDATE cells SET run = 'runs/first' WHERE place = 3")
    page = report(folder)
    assert "tensorflow2.21.0" in page.text
    assert "begun2026-03-14" in page.text
    assert "/home/me" not in page.text
    assert "mine" not in page.text


def test_runs_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    folder = done_sweep(tmp_path / "sweep", TEXT, found)
    (tmp_path / "run.toml").write_text('[versions]\nsecret = "told"\n')
    change(folder, "UPDATE cells SET run = '..'")
    assert "told" not in report(folder).text


@pytest.mark.parametrize(
    ("change_", "wrong"),
    [
        ("UPDATE cells SET distance = x'00ff'", "must hold numbers and texts"),
        ("DELETE FROM cells WHERE place > 3", "must be those of its sweep.toml"),
        ("ALTER TABLE cells DROP COLUMN objective", "must be those of its sweep.toml"),
        ("PRAGMA user_version = 9", "of format 2; it has format 9"),
    ],
)
def test_results_that_are_none_are_refused_in_a_sentence(
    folder: Path, tmp_path: Path, change_: str, wrong: str
) -> None:
    change(folder, change_)
    for ending in EXPORT_FORMATS:
        with pytest.raises(LabError, match=wrong):
            export_sweep(folder, tmp_path / f"file{ending}")
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("value", ["much", math.inf, -math.inf, 1e300])
def test_figures_that_are_no_numbers_are_left_out_of_statistics(
    folder: Path, tmp_path: Path, value: float | str
) -> None:
    change(folder, "UPDATE cells SET distance = ? WHERE place = 0", value)
    for ending in EXPORT_FORMATS:
        export_sweep(folder, tmp_path / f"file{ending}")
    assert json.loads((tmp_path / "file.json").read_text())["settings"][0]["figures"]["distance"]["count"] == 5


def test_lists_are_written_as_in_the_results(tmp_path: Path) -> None:
    text = 'job = "train"\ndense = ["128"]\n[vary]\nconv = [["5x5x16"], ["5x5x16", "3x3x8"]]\n'
    page = report(done_sweep(tmp_path / "sweep", text, lambda _: {"y": 1.0}))
    assert 'conv["5x5x16"], ["5x5x16", "3x3x8"]' in page.text
    assert 'dense["128"]' in page.text
    assert [row[0] for row in page.rows][:3] == ["conv", '["5x5x16"]', '["5x5x16", "3x3x8"]']


def test_options_without_end_are_on_no_axis(tmp_path: Path) -> None:
    values = ", ".join([*map(str, range(22)), "1e300"])
    folder = done_sweep(tmp_path / "sweep", f'job = "train"\n[vary]\nx = [{values}]\n', lambda _: {"y": 1.0})
    change(folder, "UPDATE cells SET x = ? WHERE place = 0", math.inf)
    change(folder, "UPDATE cells SET x = ? WHERE place = 1", -math.inf)
    page = report(folder)
    assert ["inf", "1", "", "1", "–", "–", "–", "–"] in page.rows
    assert "nan" not in (tmp_path / "report.html").read_text()


def test_nothing_is_replaced_unasked_and_no_other_format_made(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("mine")
    with pytest.raises(LabError, match=r"cells\.csv exists already"):
        export_sweep(folder, tmp_path / "cells.csv")
    assert (tmp_path / "cells.csv").read_text() == "mine"
    export_sweep(folder, tmp_path / "cells.csv", overwrite=True)
    with pytest.raises(LabError, match=r"ending in \.html, \.csv, \.parquet, \.json; received cells\.xlsx"):
        export_sweep(folder, tmp_path / "cells.xlsx")
    with pytest.raises(LabError, match=r"must be the folder of a sweep"):
        export_sweep(tmp_path, tmp_path / "other.csv")
