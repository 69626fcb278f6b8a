from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lab_jobs import make_lab, perform, spec
from mapped_memory import resident_kilobytes
from tiny import TINY_NET, make_classifier, noise

from fooler_gui.core import jobs
from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.errors import LabError
from fooler_gui.core.save import Save
from fooler_gui.core.settings import MethodSettings
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.reference_key import fingerprint, key_of
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.cost.references import References, ReferenceSearch
from fooler_gui.engine.nets.classifier import Classifier

METHOD = MethodSettings()


@pytest.fixture
def store(tmp_path: Path) -> ArrayStore:
    return ArrayStore(tmp_path / "references")


@pytest.fixture
def recordings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of images of each recording of all references."""
    counts: list[int] = []
    record = References._recorded

    def counted(self: References, *arguments: object) -> object:
        counts.append(len(self._images))
        return record(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(References, "_recorded", counted)
    return counts


def everything(dataset: Dataset, label: int, *, mapped: bool = False) -> Sample:
    return Sample(label, int((dataset.train_labels == label).sum()), None, mapped)


def nearest(references: References, patterns: list[np.ndarray]) -> list[np.ndarray]:
    search = ReferenceSearch(references)
    search.follow(patterns)
    return [search.rows(layer, len(pattern)) for layer, pattern in enumerate(patterns)]


def test_references_are_recorded_once_and_found_the_same_when_read(
    classifier: Classifier, dataset: Dataset, store: ArrayStore, recordings: list[int]
) -> None:
    sample = everything(dataset, 1)
    first, again, alone = (
        CostFunction(classifier, METHOD).record_sample(dataset, sample, store=kept) for kept in (store, store, None)
    )
    assert recordings == [sample.size, sample.size]
    patterns = classifier.record(noise((5, 8, 8, 1), rng_seed=3))
    for one, two, three in zip(*(nearest(part, patterns) for part in (first, again, alone)), strict=True):
        np.testing.assert_array_equal(one, three)
        np.testing.assert_array_equal(two, three)


def test_several_labels_at_a_time_are_recorded_as_one_by_one(
    classifier: Classifier, dataset: Dataset, store: ArrayStore
) -> None:
    cost, samples = CostFunction(classifier, METHOD), [everything(dataset, label) for label in (2, 0, 1)]
    with cost.record_samples(dataset, samples, store=store) as recorded:
        together = list(recorded)
    patterns = classifier.record(noise((5, 8, 8, 1), rng_seed=3))
    for sample, references in zip(samples, together, strict=True):
        alone = CostFunction(classifier, METHOD).record_sample(dataset, sample)
        assert references.on_disk
        for one, other in zip(nearest(references, patterns), nearest(alone, patterns), strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_net_works_for_one_label_while_another_is_put_on_disk(
    classifier: Classifier, dataset: Dataset, store: ArrayStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, gather = ArrayStore.write, References._gathered
    gathering, gathered_two, gathered = [0], threading.Event(), [0]

    def gather_in_turn(self: References, *arguments: object) -> object:
        gathering[0] += 1
        assert gathering[0] == 1
        activations = gather(self, *arguments)  # type: ignore[arg-type]
        gathering[0] -= 1
        gathered[0] += 1
        if gathered[0] == 2:
            gathered_two.set()
        return activations

    def write_after_two(self: ArrayStore, *arguments: object) -> None:
        assert gathered_two.wait(30)
        write(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(References, "_gathered", gather_in_turn)
    monkeypatch.setattr(ArrayStore, "write", write_after_two)
    samples = [everything(dataset, label) for label in range(3)]
    with CostFunction(classifier, METHOD).record_samples(dataset, samples, store=store) as recorded:
        assert all(references.on_disk for references in recorded)
    assert gathered == [3]


def test_leaving_ends_what_is_not_yet_recorded(
    classifier: Classifier, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, ended = References._recorded, []
    samples = [Sample(label, 3 - label, None) for label in range(3)]

    def record_first_alone(self: References, per_unit: list[bool], stopped: Callable[[], bool]) -> object:
        while len(self._images) < samples[0].size and not stopped():
            time.sleep(0.001)
        layers = record(self, per_unit, stopped)
        ended.append(len(self._images))
        return layers

    monkeypatch.setattr(References, "_recorded", record_first_alone)
    with CostFunction(classifier, METHOD).record_samples(dataset, samples) as recorded:
        next(recorded)
    assert ended == [samples[0].size]


def test_what_fails_is_told_when_its_turn_comes(
    classifier: Classifier, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = References._recorded
    samples = [Sample(label, 3 - label, None) for label in range(3)]

    def fail_second(self: References, *arguments: object) -> object:
        if len(self._images) == samples[1].size:
            raise LabError("The disk is full.")
        return record(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(References, "_recorded", fail_second)
    with CostFunction(classifier, METHOD).record_samples(dataset, samples) as recorded:
        assert next(recorded).number(2) == 2
        with pytest.raises(LabError, match=r"^The disk is full\.$"):
            next(recorded)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is told by Linux")
def test_codes_on_disk_take_no_memory_between_searches(
    classifier: Classifier, dataset: Dataset, store: ArrayStore
) -> None:
    references = CostFunction(classifier, METHOD).record_sample(dataset, everything(dataset, 1), store=store)
    codes = references.layers[1].codes.codes  # type: ignore[union-attr]
    assert int(codes.astype(np.int64).sum()) > 0
    assert resident_kilobytes("1-codes.npy") > 0
    nearest(references, classifier.record(noise((5, 8, 8, 1), rng_seed=3)))
    assert resident_kilobytes("1-codes.npy") == 0


def test_other_weights_images_or_layers_are_recorded_anew(
    classifier: Classifier, dataset: Dataset, store: ArrayStore, recordings: list[int]
) -> None:
    other = make_classifier(TINY_NET, rng_seed=9)
    for cost, label in (
        (CostFunction(classifier, METHOD), 1),
        (CostFunction(other, METHOD), 1),
        (CostFunction(classifier, METHOD), 2),
        (CostFunction(classifier, METHOD, ["inputs", "fc"]), 1),
    ):
        cost.record_sample(dataset, everything(dataset, label), store=store)
    assert len(recordings) == 4
    CostFunction(classifier.copy(), METHOD).record_sample(dataset, everything(dataset, 1), store=store)
    assert len(recordings) == 4


def test_those_taken_unit_by_unit_and_those_of_a_temporary_file_are_not_kept(
    classifier: Classifier, dataset: Dataset, store: ArrayStore
) -> None:
    by_unit = MethodSettings(per_unit_minimum=True)
    CostFunction(classifier, by_unit).record_sample(dataset, everything(dataset, 1), store=store)
    CostFunction(classifier, METHOD).record_sample(dataset, everything(dataset, 1, mapped=True), store=store)
    assert store.bytes_kept() == 0


@pytest.mark.parametrize("damage", ["missing", "shape", "type"])
def test_what_does_not_fit_is_recorded_anew(
    classifier: Classifier, dataset: Dataset, store: ArrayStore, recordings: list[int], damage: str
) -> None:
    sample = everything(dataset, 1)
    CostFunction(classifier, METHOD).record_sample(dataset, sample, store=store)
    images = dataset.train_images[dataset.train_labels == 1]
    key = key_of(fingerprint(classifier), classifier.recorded_layers, images)
    arrays = store.read(key)
    assert arrays is not None
    if damage == "missing":
        del arrays["1-codes"]
    elif damage == "shape":
        arrays["1-codes"] = arrays["1-codes"][1:]
    else:
        arrays["1-codes"] = arrays["1-codes"].astype(np.float32)
    store.write(key, arrays)
    CostFunction(classifier, METHOD).record_sample(dataset, sample, store=store)
    assert recordings == [sample.size, sample.size]
    kept = store.read(key)
    assert kept is not None
    assert (kept["1-codes"].shape[0], kept["1-codes"].dtype) == (sample.size, np.uint16)


def test_a_run_of_the_next_session_records_nothing_and_has_the_same_bits(
    dataset_path: Path, path: str, tmp_path: Path, recordings: list[int]
) -> None:
    """Two labs with one folder, as two sessions have."""
    runs = []
    for _ in range(2):
        lab = make_lab(dataset_path, references=tmp_path / "references")
        perform(lab, jobs.OpenClassifier(path=path))
        runs.append([m for m in perform(lab, jobs.Backwork(spec=spec(path, labels=(0, 1)))) if isinstance(m, Save)])
    assert len(recordings) == 2
    for first, second in zip(*runs, strict=True):
        for one, two in zip(first.images, second.images, strict=True):
            np.testing.assert_array_equal(one, two)
