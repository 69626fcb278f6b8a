from __future__ import annotations

import pytest

from fooler_gui.core.settings import SettingError
from fooler_gui.core.topology import Convolution, Dense, Topology
from fooler_gui.core.topology_size import TopologySize, size_of


def test_the_articles_classifier_has_the_weights_that_the_article_says() -> None:
    assert size_of(Topology(), (28, 28, 1), 10).parameters == 3_274_634


def test_a_small_net_by_hand() -> None:
    topology = Topology(
        convolutions=(Convolution(kernel=(3, 3), filters=2, padding="valid", batch_norm=True, dropout=0.5),),
        dense=(Dense(units=4, batch_norm=True),),
    )
    # 5 x 5 x 1 -> 3 x 3 x 2, normalised, rectified -> 2 x 2 x 2, dropped out -> 8 -> 4, normalised, rectified -> 3
    weights = (9 * 2 + 4 * 2) + (8 * 4 + 4 * 4) + (4 * 3 + 3)
    units = 25 + 3 * 18 + 2 * 8 + 8 + 3 * 4 + 2 * 3
    operations = 3 * 3 * 9 * 2 + 8 * 4 + 4 * 3
    size = size_of(topology, (5, 5, 1), 3)
    assert size == TopologySize(parameters=weights, operations=operations, units=units)
    assert size.training_bytes(10) == 4 * (4 * weights + 3 * 10 * units)


def test_averages_of_maps_make_the_weights_independent_of_the_images_size() -> None:
    topology = Topology(convolutions=(Convolution(filters=8),), dense=(4,), maps="average")
    sizes = {size_of(topology, (side, side, 1), 3).parameters for side in (8, 9, 64)}
    assert sizes == {(25 * 8 + 8) + (8 * 4 + 4) + (4 * 3 + 3)}


def test_a_pool_of_a_single_unit_is_refused_with_a_sentence() -> None:
    topology = Topology(convolutions=(Convolution(),) * 4)
    with pytest.raises(SettingError) as caught:
        size_of(topology, (8, 8, 1), 10)
    assert str(caught.value) == (
        "conv3: the pool must get maps of more than 1 × 1 units, and earlier pools leave no more. With fewer or "
        "smaller pools the maps stay large enough."
    )


def test_a_kernel_larger_than_its_map_is_refused_with_a_sentence() -> None:
    topology = Topology(convolutions=(Convolution(), Convolution(padding="valid")))
    with pytest.raises(SettingError, match=r"conv1: the kernel must fit into its input of 4 × 4 units; received 5 × 5"):
        size_of(topology, (8, 8, 1), 10)
