from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import growth_plot
from benchmarks.growth_line import Line
from benchmarks.growth_plot import draw, main, markdown
from benchmarks.made_dataset import made_dataset
from benchmarks.row import Quantity, Row, Target, judged


def line(sizes: tuple[int, ...], milliseconds: tuple[float, ...]) -> Line:
    return Line("slots", sizes, milliseconds, (0.5,) * len(sizes))


def test_the_worst_rise_is_of_time_over_size_from_a_size_to_any_larger_one() -> None:
    # 4, 2, 2.5 and 2.25 ms a slot
    assert line((1, 2, 4, 8), (4.0, 4.0, 10.0, 18.0)).worst_rise == 1.25
    assert line((1, 2), (4.0, 4.0)).worst_rise == 0.5
    assert line((64, 256), (1.0, 4.0)).worst_rise == 1.0


@pytest.mark.parametrize(
    ("milliseconds", "knee"),
    [
        ((10.0, 11.0, 12.0, 20.0, 40.0), 4),
        ((10.0, 20.0, 22.0, 40.0, 80.0), 4),  # the first rise does not last
        ((1.0, 2.0, 4.0, 8.0, 16.0), 1),
        ((10.0, 10.1, 10.2, 10.3, 10.4), None),
    ],
)
def test_the_knee_is_where_time_begins_to_follow_the_size_for_good(
    milliseconds: tuple[float, ...], knee: int | None
) -> None:
    measured = line((1, 2, 4, 8, 16), milliseconds)
    assert measured.knee == knee
    assert (f"from {knee} on" if knee else "No knee") in measured.sentence


def test_the_points_are_a_table() -> None:
    assert line((1, 2), (4.0, 5.0)).table == (("slots", "ms a step", "peak GB"), (1, 4.0, 0.5), (2, 5.0, 0.5))


def row(name: str = "slots") -> Row:
    return judged(
        Target.at_most(1.05),
        0.5,
        name="growth",
        work=f"a step, 1,024 {name}",
        ours=Quantity(40.0, "ms"),
        note="From noise.",
        table=((name, "ms a step", "peak GB"), (1, 4.0, 0.5), (1_024, 40.0, 1.25)),
    )


def test_the_tables_are_written_in_markdown() -> None:
    assert markdown([row()]) == (
        "a step, 1,024 slots: met, 0.50 ×. From noise.\n\n"
        "| slots | ms a step | peak GB |\n| --- | --- | --- |\n| 1 | 4.00 | 0.500 |\n| 1,024 | 40.0 | 1.25 |\n"
    )


def test_every_line_has_a_panel_for_time_and_one_for_memory() -> None:
    one, two = (np.asarray(draw([row()] * count)) for count in (1, 2))
    assert two.shape[1] > 1.5 * one.shape[1]
    for picture in (one, two):
        height = picture.shape[0]
        assert (picture[: height // 2] < 50).any()
        assert (picture[height // 2 :] < 50).any()


def test_rows_that_were_measured_before_are_drawn_and_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = [Row(name="peers", work="others"), Row(name="growth", work="without a table")]
    facts = {"rows": [kept.to_dict() for kept in (row(), row("labels"), *others)]}
    (tmp_path / "growth.json").write_text(json.dumps(facts))
    main([str(tmp_path / "growth.png"), "--from", str(tmp_path / "growth.json")])
    assert capsys.readouterr().out == markdown([row(), row("labels")])
    with Image.open(tmp_path / "growth.png") as picture:
        assert picture.size == draw([row(), row("labels")]).size


def test_each_line_is_measured_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def rows_of(_benchmark: object, function: str) -> list[Row]:
        asked.append(function)
        return [row(function)]

    monkeypatch.setattr(growth_plot, "rows_of", rows_of)
    main([str(tmp_path / "growth.png")])
    assert asked == ["measure_slots", "measure_labels", "measure_references", "measure_layers", "measure_sizes"]


def test_made_images_are_as_many_of_each_class_as_asked_and_always_the_same() -> None:
    dataset, again = (made_dataset((8, 6, 3), [5, 0, 2]) for _ in range(2))
    assert dataset.train_images.shape == (7, 8, 6, 3)
    assert np.bincount(dataset.train_labels, minlength=3).tolist() == [5, 0, 2]
    np.testing.assert_array_equal(dataset.train_images, again.train_images)
    assert dataset.class_names == ("0", "1", "2")
