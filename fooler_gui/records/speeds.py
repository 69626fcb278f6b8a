"""How fast this machine has done each part of long work, in a small TOML file that outlives the program."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import tomli_w

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.core.formats import format_about
from fooler_gui.core.messages import WorkTimed
from fooler_gui.core.toml_file import read_toml
from fooler_gui.core.versions import processor
from fooler_gui.core.work_time import PARTS, Work

_log = logging.getLogger(__name__)
SPEEDS_FILE = "speeds.toml"
"""The file's name in the user's data folder."""
NOT_TIMED = "not timed on this machine yet"
_MOST = 100
_FARTHEST = 2
"""Nothing is told from batches so many times larger or smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """A measured speed.

    Attributes:
        processor: On which it was measured.
        part: One of `PARTS`.
        operations: Multiplications that the classifier makes for an image, which tell nets apart.
        images: How many images it was applied to at a time.
        seconds: The time for one of them.
    """

    processor: str
    part: str
    operations: int
    images: int
    seconds: float


class Speeds:
    """The measured speeds, the latest of each part, net and size of batches.

    Args:
        path: The file, which other programs may change meanwhile; None keeps them in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._speeds: tuple[Speed, ...] = ()
        self._processor = processor()
        self.read()

    def read(self) -> None:
        """Reads the file; entries that cannot be used are left out."""
        if self._path is None or not self._path.is_file():
            return
        try:
            entries = read_toml(self._path).get("speeds")
        except LabError as error:
            _log.warning("The measured speeds are not used: %s", error)
            return
        self._speeds = tuple(_usable(entries if isinstance(entries, list) else []))

    def note(self, timed: WorkTimed) -> None:
        """Remembers a measurement; that it cannot be written is only logged."""
        if min(timed.operations, timed.images, timed.times, timed.seconds) <= 0:
            return
        self.read()
        new = Speed(
            processor=self._processor,
            part=timed.part,
            operations=timed.operations,
            images=timed.images,
            seconds=timed.seconds / (timed.images * timed.times),
        )
        kept = (speed for speed in self._speeds if _key(speed) != _key(new))
        self._speeds = (*kept, new)[-_MOST:]
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(self._path) as temporary:
                temporary.write_text(tomli_w.dumps({"speeds": [asdict(speed) for speed in self._speeds]}), "utf-8")
        except OSError as error:
            _log.warning("The measured speeds could not be written to %s: %s", self._path, error)

    def estimate(self, work: Work, operations: int) -> float | None:
        """Returns how many seconds `work` takes with the classifier of so many `operations` an image.

        None if a part of it was never measured with it, in batches of about that size.
        """
        seconds = 0.0
        for part, images, times in work:
            if not times:
                continue
            nearest = self._nearest(part, operations, images)
            if nearest is None:
                return None
            seconds += times * images * nearest.seconds
        return seconds

    def words(self, work: Work, operations: int) -> str:
        """Returns how long `work` takes, in words; says so if it was not timed yet."""
        seconds = self.estimate(work, operations)
        return NOT_TIMED if seconds is None else f"{format_about(seconds)} on this machine"

    def _nearest(self, part: str, operations: int, images: int) -> Speed | None:
        def farness(speed: Speed) -> float:
            return max(speed.images / images, images / speed.images)

        wanted = self._processor, part, operations
        known = (speed for speed in self._speeds if (speed.processor, speed.part, speed.operations) == wanted)
        return min((speed for speed in known if farness(speed) <= _FARTHEST), key=farness, default=None)


def _key(speed: Speed) -> tuple[str, str, int, int]:
    return speed.processor, speed.part, speed.operations, speed.images


def _usable(entries: list[Any]) -> Iterator[Speed]:
    for entry in entries:
        match entry:
            case {
                "processor": str(on),
                "part": str(part),
                "operations": int(operations),
                "images": int(images),
                "seconds": float(seconds),
            }:
                if part in PARTS and operations > 0 and images > 0 and 0 < seconds < math.inf:
                    yield Speed(processor=on, part=part, operations=operations, images=images, seconds=seconds)
