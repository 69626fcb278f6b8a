from __future__ import annotations

import keras
import numpy as np
import pytest

from fooler_gui.engine.nets.weights import fingerprint, not_finite


@pytest.mark.parametrize("precision", ["float32", "float16", "bfloat16", "int32"])
@pytest.mark.parametrize("shape", [(), (3, 2)])
def test_the_fingerprint_of_weights_changes_with_any_of_them_and_comes_back(
    shape: tuple[int, ...], precision: str
) -> None:
    variable = keras.Variable(np.ones(shape), dtype=precision)
    before = fingerprint(variable)
    changed = np.ones(shape)
    changed[(-1,) * len(shape)] = 2
    variable.assign(changed)
    assert fingerprint(variable) != before
    variable.assign(np.ones(shape))
    assert fingerprint(variable) == before


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_first_weights_that_are_not_finite_are_named(bad: float) -> None:
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="first"), keras.layers.Dense(1)])
    assert not_finite(network) == ""
    bias = network.layers[0].bias
    bias.assign([0, bad, 0])
    assert not_finite(network) == bias.path
    bias.assign(np.zeros(3))
    assert not_finite(network) == ""
