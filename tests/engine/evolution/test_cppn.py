from __future__ import annotations

import math

import numpy as np
import pytest

from fooler_gui.engine.evolution.cppn import CppnEncoding

X, Y, DISTANCE, ONE = range(4)
SINE, SIGMOID, GAUSSIAN, LINEAR = range(4)
HIDDEN = 16
ROW = CppnEncoding((1, 3, 1))
"""Three pixels, at x = −1, 0 and 1."""


def network(encoding: CppnEncoding, channels: int = 1) -> np.ndarray:
    """A network without connections, of linear nodes: (nodes, inputs + hidden nodes + 1), the function last."""
    nodes = np.zeros((HIDDEN + channels, 4 + HIDDEN + 1), np.float32)
    nodes[:, -1] = LINEAR
    assert nodes.size == encoding.length
    return nodes


def pixels(nodes: np.ndarray, encoding: CppnEncoding = ROW) -> np.ndarray:
    return encoding.images(nodes.reshape(1, -1))[0]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (LINEAR, [0, 0.5, 1]),
        (SINE, [(1 - math.sin(1)) / 2, 0.5, (1 + math.sin(1)) / 2]),
        (SIGMOID, [1 / (1 + math.e), 0.5, 1 / (1 + math.exp(-1))]),
        (GAUSSIAN, [math.exp(-1), 1, math.exp(-1)]),
    ],
)
def test_each_function_of_x_makes_the_row_worked_by_hand(function: int, expected: list[float]) -> None:
    nodes = network(ROW)
    nodes[HIDDEN, X], nodes[HIDDEN, -1] = 1, function
    np.testing.assert_allclose(pixels(nodes).ravel(), expected, rtol=1e-6)


def test_a_hidden_node_passes_its_value_on() -> None:
    nodes = network(ROW)
    nodes[3, X], nodes[3, -1] = math.pi / 6, SINE
    nodes[HIDDEN, 4 + 3], nodes[HIDDEN, ONE] = 0.5, 0.25  # 0.25 ± 0.5 · ½
    np.testing.assert_allclose(pixels(nodes).ravel(), [0.5, 0.625, 0.75], rtol=1e-6)


def test_a_node_without_inputs_gives_nothing() -> None:
    nodes = network(ROW)
    nodes[3, -1], nodes[HIDDEN, 4 + 3] = GAUSSIAN, 1
    np.testing.assert_array_equal(pixels(nodes).ravel(), [0.5, 0.5, 0.5])


def test_rows_are_told_by_y_channels_by_their_own_node_and_corners_are_the_farthest() -> None:
    encoding = CppnEncoding((3, 3, 2))
    nodes = network(encoding, channels=2)
    nodes[HIDDEN, Y] = 1
    nodes[HIDDEN + 1, DISTANCE] = 0.5
    image = pixels(nodes, encoding)
    np.testing.assert_allclose(image[..., 0], [[0] * 3, [0.5] * 3, [1] * 3])
    far, near = (1 + math.sqrt(2) / 2) / 2, 0.75
    np.testing.assert_allclose(image[..., 1], [[far, near, far], [near, 0.5, near], [far, near, far]], rtol=1e-6)


def test_first_networks_connect_inputs_to_outputs_alone() -> None:
    encoding = CppnEncoding((4, 4, 3))
    networks = encoding.fresh(50, np.random.default_rng(0)).reshape(50, HIDDEN + 3, -1)
    assert not networks[:, :HIDDEN, :-1].any()
    assert networks[:, HIDDEN:, :4].all()
    assert not networks[:, HIDDEN:, 4:-1].any()
    assert set(networks[..., -1].ravel().tolist()) == {SINE, SIGMOID, GAUSSIAN, LINEAR}


def test_networks_grow_and_stay_valid() -> None:
    encoding, rng = CppnEncoding((4, 4, 1)), np.random.default_rng(1)
    genomes = encoding.fresh(40, rng)
    for generation in range(60):
        genomes = encoding.offspring(genomes, generation, rng)
    networks = genomes.reshape(40, HIDDEN + 1, -1)
    weights = networks[..., :-1]
    assert np.abs(weights).max() <= 10
    hidden_before = np.arange(HIDDEN) < np.arange(HIDDEN + 1)[:, np.newaxis]
    assert not weights[:, :, 4:][:, ~hidden_before].any(), "a node takes only from inputs and nodes before it"
    assert (weights[:, :HIDDEN].any(axis=2).sum(axis=1) > 1).mean() > 0.5, "most have hidden nodes"
    assert set(networks[..., -1].ravel().tolist()) <= {SINE, SIGMOID, GAUSSIAN, LINEAR}


def test_images_of_many_are_those_of_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    encoding, rng = CppnEncoding((6, 5, 3)), np.random.default_rng(2)
    genomes = encoding.fresh(9, rng)
    for generation in range(10):
        genomes = encoding.offspring(genomes, generation, rng)
    together = encoding.images(genomes)
    monkeypatch.setattr("fooler_gui.engine.evolution.cppn._MOST_BYTES", 1)
    np.testing.assert_allclose(encoding.images(genomes), together, atol=1e-6)
