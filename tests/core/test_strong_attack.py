from __future__ import annotations

import json

import pytest
from strong_samples import make_attacked

from fooler_gui.core.settings import SettingError
from fooler_gui.core.strong_attack import check_starts, strong_attack_sentence, strong_starts, strongest_check


def test_the_check_tells_the_strongest_attack_beside_the_plain_descent() -> None:
    check = strongest_check(make_attacked().report)
    assert check.figures == {
        "share": 0.15, "white_box": 0.1, "share of uniform": 0.3, "share of sparse": 0.0, "agreed": 0.1,
    }  # fmt: skip
    assert check.found == (
        "It drove over 0.999: of uniform 30.0 % (descent of 1,000 steps 20.0 %; highest confidence .9995), of sparse "
        "0.0 % (descent of 1,000 steps 0.0 %; highest confidence .4000). The second opinion calls 2 of these images "
        "what this net does."
    )
    assert check.meaning.startswith("Use this share")
    assert not check.suspicious


def test_an_attack_that_does_no_better_says_so() -> None:
    assert strongest_check(make_attacked(withstands=True).report).meaning.startswith("It does no better")


@pytest.mark.parametrize(("blind", "suspicious"), [(4, False), (5, True)])
def test_masking_is_suspected_where_random_search_beats_all_gradients_beyond_chance(
    blind: int, suspicious: bool
) -> None:
    check = strongest_check(make_attacked(blind=blind).report)
    assert check.suspicious is suspicious
    assert ("Masking suspected" in check.meaning) is suspicious


def test_a_stopped_attack_is_told_as_such() -> None:
    report = make_attacked(stopped=True).report
    assert strong_attack_sentence(report) == (
        "net: stopped; so far the strongest attack drove 30.0 % of uniform, 0.0 % of sparse over 0.999."
    )
    assert strongest_check(report).done.startswith("Stopped early: 20 images")


def test_a_report_is_written_as_json() -> None:
    facts = json.loads(json.dumps(make_attacked().report.to_dict(), allow_nan=False))
    assert [kind["over"] for kind in facts["kinds"]] == [3, 0]
    assert [image["agreed"] for image in facts["images"]] == [False, True, True]
    assert facts["settings"]["adam_steps"] == 3_000


def test_starts_are_kinds_of_images_and_mixtures() -> None:
    starts = strong_starts()
    assert {"uniform", "half black", "sparse", "averages", "mixed 25", "mixed 75"} <= set(starts)
    assert "normal" not in starts  # its pixels are outside [0, 1]
    check_starts(starts)
    with pytest.raises(SettingError, match=r"Starts must be some of .*; received foam"):
        check_starts(("uniform", "foam"))
