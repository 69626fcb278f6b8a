"""The one kind of error whose text is meant for a person."""

from __future__ import annotations


class LabError(Exception):
    """Something a person can mend. Its text is one sentence: what is wrong, what is allowed, what was received."""
