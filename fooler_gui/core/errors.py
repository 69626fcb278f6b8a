"""The one kind of error whose text is meant for a person."""

from __future__ import annotations

_LONGEST = 600


class LabError(Exception):
    """Something a person can mend. Its text is one sentence: what is wrong, what is allowed, what was received."""

    def __str__(self) -> str:
        """Returns the sentence on one line that can be written anywhere; what is too long for a person is cut short."""
        text = " ".join(super().__str__().splitlines()).encode(errors="backslashreplace").decode()
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]}…."
