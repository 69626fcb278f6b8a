"""A run that version 0.1 of the program recorded is read as it was: `former_run`, with numbers that it had."""

from __future__ import annotations

import contextlib
import csv
import json
import math
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fooler_gui.core.cost_facts import layer_facts
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.run_summary import FINISHED
from fooler_gui.core.save import Save, TermPlace
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import export_run
from fooler_gui.records.former_codec import FORMER_FORM, FormerSaveCodec, codec_of, former_places
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.run_library import summaries, summary_of
from fooler_gui.records.run_reader import read_last_save, read_milestones, read_repetition
from fooler_gui.records.save_codec import RunShape, SaveCodec

FORMER_RUN = Path(__file__).with_name("former_run")
LAYERS = ("inputs", "conv0", "fc")
LABELS, SLOTS, IMAGE = 2, 3, (8, 8, 1)
RECORD = np.dtype(
    [
        ("images", "<f4", (LABELS, SLOTS, *IMAGE)),
        ("probabilities", "<f4", (LABELS, SLOTS)),
        ("distances", "<f4", (LABELS, SLOTS)),
        ("slot_reference_distances", "<f4", (LABELS, len(LAYERS), SLOTS)),
        ("slot_batch_distances", "<f4", (LABELS, len(LAYERS), SLOTS)),
        ("terms", "<f8", (LABELS, len(LAYERS), 6)),
        ("totals", "<f8", (LABELS, 3)),
        ("restarts", "<i8", (LABELS, SLOTS)),
        ("births", "<i8", (LABELS, SLOTS)),
        ("done", "?", (LABELS, SLOTS)),
        ("reinitialised", "?", (LABELS, SLOTS)),
        ("pinned", "?", (LABELS, SLOTS)),
        ("leads", "?", (LABELS, SLOTS)),
        ("stopped_by", "u1", (LABELS,)),
    ]
)
"""How version 0.1 laid a save out."""

TERMS = (
    "reference_distance", "batch_distance", "reference_cost", "batch_cost", "weighted_reference_cost",
    "weighted_batch_cost",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the run, in a folder of its own."""
    return Path(shutil.copytree(FORMER_RUN, tmp_path / "runs" / "former"))


@pytest.fixture
def saves(folder: Path) -> Iterator[list[Save]]:
    reader = HistoryReader(folder)
    yield [reader.save(number) for number in reader.index().numbers.tolist()]
    reader.close()


@pytest.fixture(scope="module")
def numbers() -> list[dict[str, Any]]:
    """What was written down of each save when the run was made."""
    return json.loads((FORMER_RUN / "saves.json").read_text())


def export(folder: Path, path: Path) -> None:
    with RecordedRun(folder) as run:
        for _ in export_run(run, path, ExportSettings()):
            pass


def test_every_number_is_the_one_that_was_written_down(saves: list[Save], numbers: list[dict[str, Any]]) -> None:
    assert len(saves) == len(numbers) == 17
    for save, expected in zip(saves, numbers, strict=True):
        assert save.step == expected["step"]
        assert [costs.total for costs in save.costs] == expected["total"]
        assert [costs.of("misclassification").cost for costs in save.costs] == expected["misclassification"]
        found = [layer_facts(costs, "fc") for costs in save.costs]
        names = ("reference_distance", "batch_cost", "weighted_batch_cost")
        assert [[facts[name] for name in names] for facts in found] == expected["fc"]
        assert float(save.images.sum()) == expected["image"]


def test_every_number_is_the_one_in_the_record_to_the_last_bit(folder: Path, saves: list[Save]) -> None:
    with contextlib.closing(sqlite3.connect(folder / HISTORY_FILE)) as connection:
        records = [row[0] for row in connection.execute("SELECT record FROM records ORDER BY number")]
    assert len(records) == len(saves)
    for save, content in zip(saves, records, strict=True):
        record = np.frombuffer(content, RECORD)[0]
        for name in ("images", "probabilities", "distances", "done", "pinned", "leads"):
            np.testing.assert_array_equal(getattr(save, name), record[name])
        np.testing.assert_array_equal(save.reinitialisations, record["restarts"])
        np.testing.assert_array_equal(save.replacements, record["births"])
        for row, costs in enumerate(save.costs):
            for place, layer in enumerate(LAYERS):
                facts = layer_facts(costs, layer)
                assert [facts[name] for name in TERMS] == record["terms"][row, place].tolist()
                for term in ("reference", "batch"):
                    expected = record[f"slot_{term}_distances"][row, place]
                    np.testing.assert_array_equal(costs.of(term, layer).slot_values, expected)
            own = costs.of("misclassification")
            assert [own.cost, own.weighted_cost, costs.total] == record["totals"][row].tolist()
            assert own.mean_value == own.cost
            np.testing.assert_array_equal(own.slot_values, 1 - save.probabilities[row])


def test_it_has_the_costs_that_there_were(folder: Path, saves: list[Save]) -> None:
    reader = HistoryReader(folder)
    shape = reader.shape
    reader.close()
    assert (shape.labels, shape.slots, shape.image_shape, shape.form) == ((2, 0), SLOTS, IMAGE, FORMER_FORM)
    assert shape.places == saves[0].costs[0].places == former_places(LAYERS)
    assert shape.layers == LAYERS
    assert {place.term for place in shape.places} == {"reference", "batch", "misclassification"}


def test_it_is_listed_with_how_it_came_out(folder: Path, saves: list[Save]) -> None:
    (summary,) = summaries(folder.parent)
    assert summary.folder == str(folder)
    assert (summary.state, summary.problem, summary.steps) == (FINISHED, "", 25)
    assert summary_of(folder).mean == pytest.approx(float(saves[-1].probabilities.mean()))
    assert summary.spec is not None
    assert summary.spec.coefficients.flat() == {
        "misclassification_coeff": 0.1, "reference_cost_coeff": 0.5, "batch_cost_coeff": 0.5,
        "term_coeff_closeness": 0.0, "term_coeff_total_variation": 0.0,
        "layer_cost_coeff_inputs": 0.01, "layer_cost_coeff_conv0": 0.01, "layer_cost_coeff_fc": 0.01,
    }  # fmt: skip


def test_every_reader_of_runs_takes_it(folder: Path, saves: list[Save]) -> None:
    np.testing.assert_array_equal(read_last_save(folder).images, saves[-1].images)
    assert read_milestones(folder).labels == (2, 0)
    assert read_repetition(folder).record == read_record(folder)


def test_it_is_exported_as_a_table(folder: Path, saves: list[Save], tmp_path: Path) -> None:
    export(folder, tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(saves)
    for row, save in zip(rows, saves, strict=True):
        assert float(row["label 0: total cost"]) == save.costs[1].total
        assert float(row["label 2: fc: batch distance"]) == save.costs[0].of("batch", "fc").mean_value
    assert not [name for name in rows[0] if "closeness" in name or "variation" in name]


def test_it_is_exported_as_json(folder: Path, saves: list[Save], numbers: list[dict[str, Any]], tmp_path: Path) -> None:
    export(folder, tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text())["saves"]
    for facts, expected in zip(found, numbers, strict=True):
        assert [costs["total"] for costs in facts["costs"]] == expected["total"]
        assert [costs["misclassification_cost"] for costs in facts["costs"]] == expected["misclassification"]
        assert [costs["layers"][2]["batch_cost"] for costs in facts["costs"]] == [each[1] for each in expected["fc"]]


def test_it_is_exported_as_arrays(folder: Path, saves: list[Save], tmp_path: Path) -> None:
    export(folder, tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        np.testing.assert_array_equal(arrays["images"], np.stack([save.images for save in saves]))
        assert arrays["reference_distance"].shape == (len(saves), LABELS, len(LAYERS))
        assert arrays["reference_distance"][5, 1, 2] == saves[5].costs[1].of("reference", "fc").mean_value
        assert arrays["misclassification_cost"].shape == (len(saves), LABELS)
        assert not [name for name in arrays if "closeness" in name or "variation" in name]


def one_slot_record() -> tuple[RunShape, bytes]:
    """Returns a run of one slot in one layer, and a record of it as version 0.1 wrote it."""
    shape = RunShape(labels=(3,), slots=1, image_shape=(1, 1, 1), places=former_places(("fc",)), form=FORMER_FORM)
    fields = [
        ("pixels", "<f4", 3), ("slot_distances", "<f4", 2), ("terms", "<f8", 6), ("totals", "<f8", 3),
        ("counts", "<i8", 2), ("flags", "?", 4), ("stopped_by", "u1"),
    ]  # fmt: skip
    record = np.zeros((), fields)
    record["pixels"] = 0.5, 0.75, 0.0
    record["slot_distances"] = 0.25, 0.0
    record["terms"] = 0.25, math.nan, 4.0, 0.0, 2.0, 0.0
    record["totals"] = 0.25, 2.5, 4.5
    return shape, record.tobytes()


def test_a_batch_distance_that_one_slot_did_not_have_is_none() -> None:
    shape, content = one_slot_record()
    save = codec_of(shape).decode(content, step=0, seconds=0.0, revision=0)
    batch = save.costs[0].of("batch", "fc")
    assert (batch.cost, batch.weighted_cost, batch.mean_value) == (0.0, 0.0, None)
    assert save.costs[0].of("reference", "fc").mean_value == 0.25
    assert (save.costs[0].of("misclassification").weighted_cost, save.costs[0].total) == (2.5, 4.5)


def test_a_run_without_recorded_layers_has_the_misclassification_cost_alone() -> None:
    assert former_places(()) == (TermPlace("misclassification", ""),)


def test_runs_are_recorded_in_the_newest_form_alone(saves: list[Save]) -> None:
    shape, _ = one_slot_record()
    assert type(codec_of(shape)) is FormerSaveCodec
    assert type(codec_of(RunShape.of(saves[0]))) is SaveCodec
    with pytest.raises(NotImplementedError):
        codec_of(shape).encode(saves[0])
