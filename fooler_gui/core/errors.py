"""The one kind of error whose text is meant for a person, and a reason in plain text for all others."""

from __future__ import annotations

_LONGEST = 600
_LONGEST_REASON = 300


class LabError(Exception):
    """An error that a person can fix. Its text is one sentence: what is wrong, what is allowed, what was received."""

    def __str__(self) -> str:
        """Returns the sentence on one line that can be written anywhere, cut if it is very long."""
        text = " ".join(super().__str__().splitlines()).encode(errors="backslashreplace").decode()
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]}…."


class ChoiceNeeded(LabError):
    """An error that does not arise once a person has chosen one of `choices`."""

    choices: tuple[str, ...] = ()


def reason_of(error: BaseException) -> str:
    """Returns the reason of `error` for the middle of a sentence, never the name of its class."""
    match error:
        case MemoryError():
            return "there is not enough memory"
        case OSError(strerror=str(strerror)):
            return strerror
        case KeyError(args=(name,)):
            return f"there is no {name!r}"[:_LONGEST_REASON]
    first_line = next(iter(str(error).strip().splitlines()), "").rstrip(".")
    return first_line[:_LONGEST_REASON] or "no reason is known"
