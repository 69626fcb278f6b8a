"""How a recorded run is exported. Every room may use this module."""

from __future__ import annotations

from dataclasses import dataclass

from fooler_gui.core.settings import Settings, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings(Settings):
    """How pictures and animations of a run are drawn."""

    scale: int = setting(
        3,
        "Scale",
        "How many pixels of the picture a pixel of an image takes, each way.",
        minimum=1,
        maximum=16,
    )
    frames: int = setting(
        300,
        "Most frames",
        "An animation of a run with more saves is thinned evenly to so many; the first and the last always stay.",
        minimum=2,
        maximum=100_000,
    )
    fps: int = setting(
        10,
        "Frames a second",
        "How fast an animation shows the saves. The last one stays for a moment.",
        minimum=1,
        maximum=50,
    )
