"""Makes the attacks one after the other, each on the images that withstood those before it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.core.messages import Working
from fooler_gui.core.round_report import THRESHOLD
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.engine.strong.plan import PlannedAttack
from fooler_gui.engine.strong.rise import Search

_SENTENCE = "Attacking by"


@dataclass(slots=True, eq=False)
class Worst:
    """The worst that was found for each of N images.

    Attributes:
        images: (N, H, W, C) float32 in [0, 1], those of the highest confidences.
        confidences: (N,), the highest confidences.
        by: (N,), the place of the attack that drove the image over the threshold; -1 if none did.
        plain: (N,), which images the first attack drove over it at the first try.
        tried: (attacks,), on how many images each attack was tried, counted at each restart.
        stopped: Whether a stop ended it early.
    """

    images: FloatArray
    confidences: FloatArray
    by: IntArray
    plain: BoolArray
    tried: IntArray
    stopped: bool = False

    @property
    def over(self) -> BoolArray:
        """(N,), which images were driven over the threshold."""
        return self.by >= 0

    def note(self, places: IntArray, images: FloatArray, confidences: FloatArray, attack: int) -> BoolArray:
        """Notes what `attack` made of the images at `places` (M,); returns (M,) which are not over the threshold."""
        better = confidences > self.confidences[places]
        self.images[places[better]] = images[better]
        self.confidences[places[better]] = confidences[better]
        over = confidences > THRESHOLD
        self.by[places[over]] = attack
        return ~over


def attacked(
    attacks: Sequence[PlannedAttack],
    starts: FloatArray,
    labels: IntArray,
    restarts: int,
    fresh: Callable[[IntArray, int], FloatArray],
    control: RunControl,
) -> Generator[Working, None, Worst]:
    """Yields progress; returns the worst for each image, also after a stop: what was found by then.

    An image over the threshold is left out of all that follows.

    Args:
        attacks: In their order, at least one.
        starts: (N, H, W, C) float32 in [0, 1].
        labels: (N,), the classes they are driven towards by attacks that do not choose their own.
        restarts: How often all are made again.
        fresh: Returns other starts for the images at some places (M,), for this restart, counted from 1.
        control: Pause and stop.
    """
    worst = Worst(
        images=starts.copy(),
        confidences=np.zeros(len(starts), np.float32),
        by=np.full(len(starts), -1),
        plain=np.zeros(len(starts), np.bool_),
        tried=np.zeros(len(attacks), np.int64),
    )
    lengths = np.array([attack.length for attack in attacks])
    ends = np.cumsum(np.tile(lengths, restarts + 1))
    for attempt in range(restarts + 1):
        for number, attack in enumerate(attacks):
            places = np.flatnonzero(~worst.over)
            if not len(places) or worst.stopped:
                return worst
            begun = fresh(places, attempt) if attempt else starts[places]
            worst.tried[number] += len(places)
            done = ends[attempt * len(attacks) + number] - attack.length
            for asked in _made(worst, attack.begin(begun, labels[places]), places, number):
                yield Working(sentence=f"{_SENTENCE} {attack.name}", fraction=float((done + asked) / ends[-1]))
                if control.next() is Next.STOP:
                    worst.stopped = True
                    break
            if not attempt and not number:
                worst.plain = worst.over
    return worst


def _made(worst: Worst, search: Search, places: IntArray, number: int) -> Generator[int, None, None]:
    """Notes in `worst` what `search` tries on the images at `places`; yields how often it has asked after its start."""
    tried = next(search)
    asked = 0
    while True:
        kept = worst.note(places, *tried, number)
        places = places[kept]
        yield asked
        if not len(places):
            search.close()
            return
        try:
            tried = search.send(kept)
        except StopIteration:
            return
        asked += 1
