"""What the start of a run is called: a kind of images, a class's test images, a file, another run, or a round."""

from __future__ import annotations

from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import BRANCH, NOISE, ROUND, RunSpec, class_of_start

_OTHERS = {BRANCH: "an image of another run", ROUND: "one of the starts of a round"}


def start_name(start: str) -> str:
    """Returns what `start` is called on a button and within a sentence: a kind's words, or its file's name."""
    kind, shown = kinds_for(RUNS).get(start), class_of_start(start)
    if shown is not None:
        return f"test images of class {shown}"
    return kind.words if kind is not None else _OTHERS.get(start) or path_of(start).stem


def start_in_full(spec: RunSpec) -> str:
    """Returns what the start of a run is called where runs are told apart: as `start_name`, but for a file its path."""
    return spec.start if spec.starts_from_file else start_name(spec.start)


def start_sentence(spec: RunSpec, reinitialisations: int = 0) -> str:
    """Returns what an image of a run was before the first step: ``It began as uniform noise.``.

    Args:
        spec: The run's.
        reinitialisations: How often the image's slot was reinitialised, from 0.
    """
    name = start_name(spec.start)
    start = f"“{name}”" if spec.starts_from_file else name
    if class_of_start(spec.start) is not None:
        start = f"one of the {name}"
    if not reinitialisations:
        return f"It began as {start}."
    noise = start_name(NOISE)
    if start == noise:
        return f"It was reinitialised and began again as {noise}."
    return f"It began as {start}, but was reinitialised and is now made of {noise}."
