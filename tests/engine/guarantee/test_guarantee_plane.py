from __future__ import annotations

from pathlib import Path

import numpy as np
from guarantee_plane import main
from PIL import Image


def test_the_plain_classifier_is_sure_far_away_and_the_other_is_not(tmp_path: Path) -> None:
    main([str(tmp_path / "plane.png")])
    with Image.open(tmp_path / "plane.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    left, right = np.split(pixels, 2, axis=1)
    strongest = [int((255 - half[290:330, 25:65].min(axis=(0, 1))).max()) for half in (left, right)]
    assert strongest[0] > 80
    assert strongest[1] < 10
