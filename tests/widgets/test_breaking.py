from __future__ import annotations

import pytest

from fooler_gui.widgets.breaking import breakable


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("No word is long.", "No word is long."),
        ("Wrote /home/a/b.html.", "Wrote /|home/|a/|b.html."),
        ("C:\\data\\", "C:\\|data\\"),
        ("x" * 61, f"{'x' * 30}|{'x' * 30}|x"),
        ("x" * 30 + " y", "x" * 30 + " y"),
    ],
)
def test_a_text_may_wrap_after_folders_and_in_long_words(text: str, broken: str) -> None:
    assert breakable(text) == broken.replace("|", "\u200b")
