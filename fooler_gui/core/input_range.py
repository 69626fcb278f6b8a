"""What a classifier expects of the pixels of an image (method.md, Any classifier, any dataset)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UNIT, BYTES, CENTRED, STANDARDISED = "0..1", "0..255", "-1..1", "mean/std"

INPUT_RANGES: Mapping[str, str] = MappingProxyType(
    {
        UNIT: "pixels from 0 to 1",
        BYTES: "pixels from 0 to 255",
        CENTRED: "pixels from -1 to 1",
        STANDARDISED: "pixels of mean 0 and deviation 1",
    }
)
"""Each range with its words. A scaling inside the net is part of the net: the range is that before it."""
