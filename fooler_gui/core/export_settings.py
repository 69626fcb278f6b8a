"""How a recorded run is exported."""

from __future__ import annotations

from dataclasses import dataclass

from fooler_gui.core.settings import HasSettings, SettingError, setting

GRID, PLOTS, BEFORE_AFTER = "grid", "plots", "before-after"
CONTENTS = {
    GRID: "the images alone",
    PLOTS: "the images, and plots below",
    BEFORE_AFTER: "each image of the first save above what became of it",
}
"""What a picture or an animation shows of a save."""

SHORTEST_SIDE, LONGEST_SIDE = 64, 3_840
"""Of a picture or an animation of a chosen size, in pixels."""

LONGEST_TITLE = 200

FASTEST = 50
"""Frames per second; programs show faster ones more slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSettings(HasSettings):
    """How pictures and animations of a run are drawn.

    Attributes:
        what: A key of `CONTENTS`; "" for what the format usually shows.
        title: Written above; "" for none, None for what the format usually has.
        captions: Whether a probability is written under each image.
        size: (width, height) in pixels, in which images get the largest whole scale; None for `scale`.
    """

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
    fps: float = setting(
        10.0,
        "Frames per second",
        "How fast an animation shows the saves.",
        minimum=0.1,
        maximum=FASTEST,
    )
    seconds: float = setting(
        0.0,
        "Seconds in all",
        "How long an animation lasts with its last frame; 0 for as long as its frames per second make it.",
        minimum=0,
        maximum=3_600,
    )
    hold: float = setting(
        1.5,
        "Hold the last frame",
        "How long an animation shows its last frame, at least as long as the others, before it begins again.",
        minimum=0,
        maximum=60,
        unit="s",
    )
    what: str = ""
    title: str | None = None
    captions: bool = True
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        HasSettings.__post_init__(self)
        if self.what not in ("", *CONTENTS):
            raise SettingError(f"what must be one of {', '.join(CONTENTS)}; received {self.what!r}.")
        if self.title is not None and len(self.title) > LONGEST_TITLE:
            raise SettingError(f"A title may have at most {LONGEST_TITLE} letters; received {len(self.title):,}.")
        if self.size is not None and not all(SHORTEST_SIDE <= side <= LONGEST_SIDE for side in self.size):
            raise SettingError(
                f"Each side of a size must have {SHORTEST_SIDE} to {LONGEST_SIDE:,} pixels; received "
                f"{self.size[0]:,} × {self.size[1]:,}."
            )
