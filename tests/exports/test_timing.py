"""How long the frames of an animation are shown."""

from __future__ import annotations

import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.exports.timing import frame_seconds, frames_per_second


def hundredths(count: int, **settings: float) -> list[int]:
    return [round(100 * seconds) for seconds in frame_seconds(count, ExportSettings(**settings))]


def test_frames_follow_each_other_at_their_rate_and_the_last_one_stays():
    assert hundredths(4, fps=10.0, hold=1.5) == [10, 10, 10, 150]


def test_the_last_frame_stays_at_least_as_long_as_the_others():
    assert hundredths(3, fps=2.0, hold=0.1) == [50, 50, 50]


def test_seconds_in_all_are_shared_by_the_frames_before_the_last_to_the_hundredth():
    assert hundredths(9, seconds=8.0, hold=1.5) == [81, 81, 82, 81, 81, 82, 81, 81, 150]
    assert sum(hundredths(9, seconds=8.0, hold=1.5)) == 800
    assert frames_per_second(9, ExportSettings(seconds=8.0, hold=1.5)) == pytest.approx(8 / 6.5)


def test_a_short_hold_lets_every_frame_last_equally_long():
    assert hundredths(4, seconds=2.0, hold=0.0) == [50, 50, 50, 50]


def test_a_rate_that_is_no_whole_number_of_hundredths_is_kept_on_average():
    assert hundredths(4, fps=30.0, hold=0.0) == [3, 4, 3, 3]


def test_a_single_frame_lasts_all_the_seconds():
    assert hundredths(1, seconds=4.0) == [400]
    assert hundredths(1, fps=10.0, hold=1.5) == [150]


def test_too_few_seconds_are_refused_with_the_fewest_that_will_do():
    with pytest.raises(LabError) as caught:
        frame_seconds(300, ExportSettings(seconds=2.0))
    assert str(caught.value) == (
        "300 frames, the last one for 1.5 s, need at least 7.5 s; received 2 s. Choose more seconds or fewer frames."
    )
