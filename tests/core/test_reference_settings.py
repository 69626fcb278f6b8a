from __future__ import annotations

import pytest

from fooler_gui.core.reference_settings import ReferenceCount, sample_sentence, sizes_within
from fooler_gui.core.settings import SettingError


@pytest.mark.parametrize(
    ("gigabytes", "available", "sizes"),
    [
        (1.0, (500, 300, 200), (500, 300, 200)),  # exactly 1,000 references of a megabyte fit
        (0.999, (500, 300, 200), (499, 300, 200)),  # the most numerous gives way first
        (0.5, (500, 300, 200), (167, 167, 166)),
        (0.5, (500, 100, 0), (400, 100, 0)),
        (0.003, (7, 7, 7), (1, 1, 1)),
        (2.0, (5_000,), (2_000,)),
    ],
)
def test_labels_share_the_memory_evenly_and_none_gets_more_than_it_has(gigabytes, available, sizes):
    assert sizes_within(gigabytes, available, 1_000_000) == sizes
    assert sum(sizes) <= gigabytes * 1_000
    assert all(size <= count for size, count in zip(sizes, available, strict=True))


def test_memory_for_less_than_a_reference_of_each_label_is_refused():
    with pytest.raises(SettingError, match=r"at least one reference of each label, 3\.0 MB; received 0\.002 GB\."):
        sizes_within(0.002, (7, 7, 7), 1_000_000)


def test_a_sample_is_told_in_a_sentence_and_all_in_none():
    assert sample_sentence(ReferenceCount(5_000, 5_000), 2.0, 1) == ""
    assert sample_sentence(ReferenceCount(2_000, 5_000), 2.0, 1) == (
        "The references are 2,000 of 5,000 training images, drawn with the random seed: all would take more than 2 GB."
    )
    assert "2,000 of 5,000 training images of the 3 labels together, drawn" in sample_sentence(
        ReferenceCount(2_000, 5_000), 2.0, 3
    )
    assert ReferenceCount(5_000, 5_000).words == "5,000 training images"
