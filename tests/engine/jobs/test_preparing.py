"""What the engine does while nothing else is asked of it: the references of all labels come on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab_jobs import make_lab, perform, spec

from fooler_gui.core import jobs
from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import METHODS, MethodSettings
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.cost.references import References
from fooler_gui.engine.lab import Lab

OF_ALL = [Sample(label, 16, None) for label in range(3)]
ALL = jobs.Prepare(labels=(0, 1, 2), method=MethodSettings(), most=1)


@pytest.fixture
def recordings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of images of each recording of all references that was not broken off."""
    counts: list[int] = []
    record = References._recorded

    def counted(self: References, *arguments: object) -> object:
        layers = record(self, *arguments)  # type: ignore[arg-type]
        counts.append(len(self._images))
        return layers

    monkeypatch.setattr(References, "_recorded", counted)
    return counts


def begun(dataset_path: Path, path: str, references: Path | None) -> Lab:
    lab = make_lab(dataset_path, references=references)
    perform(lab, jobs.OpenClassifier(path=path))
    return lab


def held(lab: Lab) -> list[int]:
    """Returns the labels whose references are held ready."""
    present = lab.contents.require_present()
    return [sample.label for sample in OF_ALL if present.has_references([sample])]


def test_the_references_of_every_label_are_recorded_once_for_this_and_the_next_session(
    dataset_path: Path, path: str, tmp_path: Path, recordings: list[int]
) -> None:
    lab = begun(dataset_path, path, tmp_path)
    one = jobs.Prepare(labels=(1,), method=MethodSettings(), most=1)
    assert perform(lab, one) == perform(lab, one) == []
    assert recordings == [16, 16, 16]
    assert held(lab) == [1]
    perform(lab, jobs.Backwork(spec=spec(path, labels=(0, 1, 2))))
    again = begun(dataset_path, path, tmp_path)
    perform(again, one)
    perform(again, jobs.Backwork(spec=spec(path, labels=(0, 1, 2))))
    assert recordings == [16, 16, 16]


def test_those_of_the_run_to_come_are_held_ready_once_they_are_on_disk(
    dataset_path: Path, path: str, tmp_path: Path
) -> None:
    lab = begun(dataset_path, path, tmp_path)
    perform(lab, ALL)
    assert held(lab) == [0, 1, 2]
    alone = begun(dataset_path, path, None)
    perform(alone, ALL)
    assert held(alone) == [0]


def test_where_nothing_can_be_written_only_what_was_asked_for_is_held(
    dataset_path: Path, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recordings: list[int]
) -> None:
    monkeypatch.setattr(ArrayStore, "write", lambda *_: None)
    lab = begun(dataset_path, path, tmp_path)
    perform(lab, ALL)
    assert held(lab) == [0]
    assert recordings == [16, 16, 16, 16]
    perform(lab, ALL)
    assert recordings == [16, 16, 16, 16]


def test_what_would_take_more_than_half_of_the_store_is_not_recorded_in_advance(
    dataset_path: Path, path: str, tmp_path: Path, recordings: list[int]
) -> None:
    lab = begun(dataset_path, path, tmp_path)
    cost = lab.contents.require_present().cost(MethodSettings())
    store = ArrayStore(tmp_path, most_bytes=2 * 48 * cost.bytes_a_reference - 1)
    lab.contents._store = store
    perform(lab, ALL)
    assert recordings == [16]
    store.most_bytes += 1
    perform(lab, ALL)
    assert recordings == [16, 16, 16]


def test_those_taken_unit_by_unit_are_not_recorded_in_advance(
    dataset_path: Path, path: str, tmp_path: Path, recordings: list[int]
) -> None:
    lab = begun(dataset_path, path, tmp_path)
    perform(lab, jobs.Prepare(labels=(0, 1), method=METHODS["2016"], most=1))
    assert recordings == [16]
    assert held(lab) == [0]


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_stop_ends_it_soon_and_loses_nothing_that_was_recorded(
    dataset_path: Path, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recordings: list[int], after: int
) -> None:
    control = RunControl()
    write = ArrayStore.write

    def written(self: ArrayStore, *arguments: object) -> None:
        write(self, *arguments)  # type: ignore[arg-type]
        if len(recordings) >= after:
            control.stop()

    monkeypatch.setattr(ArrayStore, "write", written)
    lab = begun(dataset_path, path, tmp_path)
    if after == 0:
        control.stop()
    assert perform(lab, ALL, control) == []
    assert after <= len(recordings) <= (3 if after == 2 else after)  # two labels are recorded at a time
    assert held(lab) == [0][:after]
    perform(lab, ALL)
    assert recordings == [16, 16, 16]
    assert held(lab) == [0, 1, 2]
