"""Text in which labels find a place to wrap: a label is never narrower than its longest word, such as a path."""

from __future__ import annotations

import re

_LONG = re.compile(r"([/\\]|[^\s/\\]{30})(?=\S)")


def breakable(text: str) -> str:
    """Returns `text` with an invisible character after every folder and in long words, at which it may wrap."""
    return _LONG.sub("\\1\u200b", text)
