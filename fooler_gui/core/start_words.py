"""What the start of a run is called: a kind of images, a file, another run, or a round."""

from __future__ import annotations

from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import BRANCH, ROUND, RunSpec

_OTHERS = {BRANCH: "an image of another run", ROUND: "one of the starts of a round"}


def start_name(start: str) -> str:
    """Returns what `start` is called on a button and within a sentence: a kind's words, or its file's name."""
    kind = kinds_for(RUNS).get(start)
    return kind.words if kind is not None else _OTHERS.get(start) or path_of(start).stem


def start_in_full(spec: RunSpec) -> str:
    """Returns what the start of a run is called where runs are told apart: as `start_name`, but for a file its path."""
    return spec.start if spec.starts_from_file else start_name(spec.start)


def start_sentence(spec: RunSpec) -> str:
    """Returns what an image of a run was before the first step: ``It began as uniform noise.``."""
    name = start_name(spec.start)
    return f"It began as “{name}”." if spec.starts_from_file else f"It began as {name}."
