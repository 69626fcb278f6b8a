"""What goes wrong with an export and can be mended."""

from __future__ import annotations

from fooler_gui.core.errors import LabError


class ExportError(LabError):
    """A run cannot be exported like that. Its text is one sentence that can be shown as it is."""
