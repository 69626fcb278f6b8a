from __future__ import annotations

import numpy as np
import pytest

from fooler_gui.core.arrays import frozen


def test_a_frozen_array_is_the_same_array_and_cannot_be_written_into() -> None:
    array = np.zeros(3)
    assert frozen(array) is array
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
