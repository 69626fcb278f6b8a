"""The error of exports."""

from __future__ import annotations

from fooler_gui.core.errors import LabError


class ExportError(LabError):
    """A run cannot be exported this way."""
