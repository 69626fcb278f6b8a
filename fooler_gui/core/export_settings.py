"""How a recorded run is exported."""

from __future__ import annotations

from dataclasses import dataclass

from fooler_gui.core.settings import Settings, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings(Settings):
    """How pictures and animations of a run are drawn."""

    scale: int = setting(
        3,
        "Scale",
        "Width and height of an image's pixel in pixels of the picture.",
        minimum=1,
        maximum=16,
    )
    frames: int = setting(
        300,
        "Most frames",
        "Longer runs are thinned evenly to this many saves; the first and the last always stay.",
        minimum=2,
        maximum=100_000,
    )
    fps: int = setting(
        10,
        "Frames per second",
        "How fast an animation shows the saves. It lingers on the last one.",
        minimum=1,
        maximum=50,
    )
