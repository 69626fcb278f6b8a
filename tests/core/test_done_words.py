from __future__ import annotations

import numpy as np
from saves import make_save

from fooler_gui.core.done_words import measure_of, measure_text, measured, over_what


def test_images_are_judged_by_their_probabilities() -> None:
    save = make_save(slots=2, probabilities=[0.25, 0.9993])
    assert (measure_of(save), over_what(save), measure_text(save, 0.9993)) == ("probability", "the threshold", ".9993")
    np.testing.assert_array_equal(measured(save), save.probabilities)


def test_with_the_objective_unit_they_are_judged_by_its_activation() -> None:
    save = make_save(slots=2, activations=[3.214, -0.5])
    assert (measure_of(save), over_what(save)) == ("activation", "the activation goal")
    assert [measure_text(save, value) for value in (3.214, -0.5, 1250.4)] == ["3.21", "−0.50", "1,250"]
    assert measured(save) is save.activations
