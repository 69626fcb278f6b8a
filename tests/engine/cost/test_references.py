from __future__ import annotations

import numpy as np
import pytest
from tiny import noise

from fooler_gui.engine.cost.references import References, ReferenceSearch
from fooler_gui.engine.nets.classifier import Classifier

ALL_LAYERS = (0, 1, 2)
WHOLE, PER_UNIT_AT_FC = (False, False, False), (False, False, True)


def brute_force(patterns: np.ndarray, references: np.ndarray) -> np.ndarray:
    """The least squared distance of each pattern to any reference, (B,), in float64."""
    differences = patterns[:, None].astype(np.float64) - references[None]
    return (differences**2).sum(axis=2).min(axis=1)


def nearest_of_all(references: References, patterns: list[np.ndarray]) -> list[np.ndarray]:
    search = ReferenceSearch(references)
    search.follow(patterns)
    return [search.rows(layer, len(pattern)) for layer, pattern in enumerate(patterns)]


def test_the_nearest_are_the_classifiers_own_activations_of_the_nearest_images(classifier: Classifier) -> None:
    images, batch = noise((40, 8, 8, 1), rng_seed=1), noise((6, 8, 8, 1), rng_seed=2)
    recorded, patterns = classifier.record(images), classifier.record(batch)
    found = nearest_of_all(References(classifier, images, ALL_LAYERS, WHOLE), patterns)
    for pattern, own, nearest in zip(patterns, recorded, found, strict=True):
        distances = ((pattern[:, None].astype(np.float64) - own[None]) ** 2).sum(axis=2)
        np.testing.assert_allclose(nearest, own[distances.argmin(axis=1)], rtol=1e-6, atol=1e-6)


def test_through_a_memory_map_the_same_are_found(classifier: Classifier) -> None:
    images, patterns = noise((40, 8, 8, 1), rng_seed=1), classifier.record(noise((6, 8, 8, 1), rng_seed=2))
    of_memory, of_map = (
        nearest_of_all(References(classifier, images, ALL_LAYERS, WHOLE, mapped=mapped), patterns)
        for mapped in (False, True)
    )
    for in_memory, mapped in zip(of_memory, of_map, strict=True):
        np.testing.assert_array_equal(in_memory, mapped)


def test_taken_unit_by_unit_the_values_of_all_references_are_known_in_order(classifier: Classifier) -> None:
    images = noise((40, 8, 8, 1), rng_seed=1)
    values = ReferenceSearch(References(classifier, images, ALL_LAYERS, PER_UNIT_AT_FC)).values(2)
    np.testing.assert_array_equal(values, np.sort(classifier.record(images)[2].T, axis=1))


def test_following_tells_whether_another_reference_is_the_nearest(classifier: Classifier) -> None:
    images = noise((40, 8, 8, 1), rng_seed=1)
    search = ReferenceSearch(References(classifier, images, ALL_LAYERS, PER_UNIT_AT_FC))
    assert not search.rows(0, 2).any()
    versions = {search.version(0, 2)}
    for indices, is_other in (((3, 7), True), ((3, 7), False), ((3, 8), True), ((8, 3), True)):
        assert search.follow(classifier.record(images[list(indices)])) is is_other
        assert [search.nearest_index(0, slot) for slot in range(2)] == list(indices)
        assert (search.version(0, 2) not in versions) is is_other
        versions.add(search.version(0, 2))
    assert search.nearest_index(2, 0) is None


def test_rows_may_be_expected_before_they_are_found_and_what_was_found_stays_known(classifier: Classifier) -> None:
    search = ReferenceSearch(References(classifier, noise((40, 8, 8, 1), rng_seed=1), ALL_LAYERS, PER_UNIT_AT_FC))
    search.expect()  # nothing was found yet, so that nothing is expected
    assert not search.rows(0, 2).any()
    patterns = classifier.record(noise((2, 8, 8, 1), rng_seed=2))
    assert search.follow(patterns)
    found = [search.nearest_index(0, slot) for slot in range(2)]
    search.expect()
    assert [search.nearest_index(0, slot) for slot in range(2)] == found
    search.follow(patterns)
    assert [search.nearest_index(0, slot) for slot in range(2)] == found


def test_no_two_searches_have_rows_of_one_version(classifier: Classifier) -> None:
    references = References(classifier, noise((5, 8, 8, 1)), ALL_LAYERS, WHOLE)
    searches = [ReferenceSearch(references) for _ in range(3)]
    assert len({search.version(layer, 2) for search in searches for layer in ALL_LAYERS}) == 9


def test_a_dataset_s_bytes_and_their_floats_make_the_same_references(classifier: Classifier) -> None:
    images = np.random.default_rng(3).integers(0, 256, (30, 8, 8, 1), dtype=np.uint8)
    patterns = classifier.record(noise((4, 8, 8, 1)))
    by_bytes = nearest_of_all(References(classifier, images, ALL_LAYERS, WHOLE), patterns)
    floats = images.astype(np.float32) / np.float32(255)
    by_floats = nearest_of_all(References(classifier, floats, ALL_LAYERS, WHOLE), patterns)
    for one, other in zip(by_bytes, by_floats, strict=True):
        np.testing.assert_array_equal(one, other)


def test_images_that_are_references_are_their_own_nearest_to_the_bit(classifier: Classifier) -> None:
    images = noise((30, 8, 8, 1))
    patterns = classifier.record(images[5:9])
    for nearest, pattern in zip(
        nearest_of_all(References(classifier, images, ALL_LAYERS, WHOLE), patterns), patterns, strict=True
    ):
        np.testing.assert_array_equal(nearest, pattern)


def test_of_two_equal_references_either_gives_the_same_answer(classifier: Classifier) -> None:
    images = np.repeat(noise((5, 8, 8, 1)), 3, axis=0)
    patterns = classifier.record(noise((4, 8, 8, 1), rng_seed=9))
    recorded = classifier.record(images)
    found = nearest_of_all(References(classifier, images, ALL_LAYERS, WHOLE), patterns)
    for pattern, own, nearest in zip(patterns, recorded, found, strict=True):
        np.testing.assert_allclose(((pattern - nearest) ** 2).sum(axis=1), brute_force(pattern, own), rtol=1e-5)


def test_only_the_wanted_layers_are_recorded(classifier: Classifier) -> None:
    images, patterns = noise((12, 8, 8, 1)), classifier.record(noise((3, 8, 8, 1), rng_seed=1))
    everything = nearest_of_all(References(classifier, images, ALL_LAYERS, WHOLE), patterns)
    references = References(classifier, images, (2,), (False,))
    assert len(references.layers) == 1
    np.testing.assert_array_equal(nearest_of_all(references, patterns[2:])[0], everything[2])


def test_without_wanted_layers_nothing_is_asked_of_the_classifier(classifier: Classifier) -> None:
    class Untouched:
        def record(self, images: np.ndarray) -> list[np.ndarray]:
            raise AssertionError("nothing was to be recorded")

    references = References(Untouched(), noise((3, 8, 8, 1)), (), ())  # type: ignore[arg-type]
    assert nearest_of_all(references, []) == []


def test_only_so_many_true_patterns_are_kept(classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fooler_gui.engine.cost.references._MOST_KEPT", 4)
    images = noise((30, 8, 8, 1))
    references = References(classifier, images, ALL_LAYERS, WHOLE)
    dense = classifier.record(images)[2]
    for start in range(0, 30, 3):
        found = references.patterns(2, range(start, start + 3))
        np.testing.assert_array_equal(list(found.values()), dense[start : start + 3])
        assert len(references._kept) <= 4
    found = references.patterns(2, range(10))  # more at once than are kept for later
    np.testing.assert_array_equal(list(found.values()), dense[:10])


@pytest.mark.parametrize("count", [1, 2, 249, 251])
def test_any_number_of_references_is_recorded_whole(count: int, classifier: Classifier) -> None:
    images = noise((count, 8, 8, 1))
    references = References(classifier, images, ALL_LAYERS, WHOLE)
    patterns = classifier.record(noise((3, 8, 8, 1), rng_seed=5))
    for pattern, own, nearest in zip(
        patterns, classifier.record(images), nearest_of_all(references, patterns), strict=True
    ):
        np.testing.assert_allclose(((pattern - nearest) ** 2).sum(axis=1), brute_force(pattern, own), rtol=1e-5)
