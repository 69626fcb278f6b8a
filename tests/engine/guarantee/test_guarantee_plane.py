from __future__ import annotations

import numpy as np
from guarantee_plane import draw


def test_the_plain_classifier_is_sure_far_away_and_the_other_is_not() -> None:
    left, right = np.split(np.asarray(draw(epochs=10)).astype(int), 2, axis=1)
    strongest = [int((255 - half[290:330, 25:65]).max()) for half in (left, right)]
    assert strongest[0] > 80
    assert strongest[1] < 10
