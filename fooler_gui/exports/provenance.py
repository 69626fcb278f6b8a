"""The provenance of an exported picture: stored in its metadata, read back as the set-up of a run."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from fooler_gui import __version__
from fooler_gui.core.dataset_info import MAXIMUM_CLASSES
from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import EXPORTED
from fooler_gui.core.run_spec import BRANCH, ROUND, RunSpec
from fooler_gui.exports.carried_text import KEYWORD, carried_text

_FORMAT = 1
_MOST_CHANGES = 200
_LONGEST_TEXT = 200
_LONGEST_NUMBER = 19
_LONGEST_REASON = 300


class ProvenanceError(LabError, ValueError):
    """A picture does not say how it was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a picture was made.

    Attributes:
        run: The run's id; "" if unknown.
        spec: The run as it started. Files are named without their folders, which are private.
        classifier_sha256: The hash of the classifier's file, in hexadecimal.
        step: The step of the save shown; None for a whole run.
        changes: The first 200 changes of settings until then, each with its step.
        label_names: The names of its labels; none if unknown.
        program: Version of the program that drew the picture.
    """

    run: str
    spec: RunSpec
    classifier_sha256: str
    step: int | None = None
    changes: tuple[tuple[int, str], ...] = field(default=())
    label_names: tuple[str, ...] = field(default=())
    program: str = __version__

    def to_text(self) -> str:
        """Returns the provenance as one line of JSON in ASCII."""
        data = {
            "format": _FORMAT,
            "program": self.program,
            "id": self.run,
            "classifier_sha256": self.classifier_sha256,
            "step": self.step,
            "changes": [list(change) for change in self.changes],
            "label_names": list(self.label_names),
            "run": self.spec.to_dict(),
        }
        return json.dumps(data)


def make_provenance(
    run: str,
    spec: RunSpec,
    classifier_sha256: str,
    step: int | None = None,
    changes: Iterable[tuple[int, str]] = (),
    label_names: Iterable[str] = (),
) -> Provenance:
    """Returns the provenance of a picture drawn by this program; see `Provenance`."""
    start = spec.start if spec.is_start_made or spec.start in (BRANCH, ROUND) else PurePath(spec.start).name
    files = _distinct_names(spec.classifiers)
    further = (dataclasses.replace(each, classifier=name) for each, name in zip(spec.further, files[1:], strict=True))
    return Provenance(
        run=run,
        spec=dataclasses.replace(spec, classifier=files[0], further=tuple(further), start=start),
        classifier_sha256=classifier_sha256,
        step=step,
        changes=tuple(change for change in changes if step is None or change[0] <= step)[:_MOST_CHANGES],
        label_names=tuple(name[:_LONGEST_TEXT] for name in label_names),
    )


def _distinct_names(files: Sequence[str]) -> list[str]:
    """Returns the names of `files`; one that is as another before it begins with "other-"."""
    names: list[str] = []
    for file in files:
        name = PurePath(file).name
        while name in names:
            name = f"other-{name}"
        names.append(name)
    return names


def software_texts(classifier_sha256: str) -> dict[str, str]:
    """Returns the metadata of a picture that shows no run."""
    return {"Software": f"Fooler {__version__}", "Classifier SHA-256": classifier_sha256}


def picture_texts(provenance: Provenance) -> dict[str, str]:
    """Returns the texts of a PNG file by keyword: some for people, and everything under `KEYWORD`."""
    spec = provenance.spec
    further = {
        f"Further classifier {number} SHA-256": f"{each.sha256} (weight {each.weight:g})"
        for number, each in enumerate(spec.further, 1)
    }
    texts = (
        software_texts(provenance.classifier_sha256)
        | further
        | {
            "Random seed": str(spec.rng_seed),
            "Labels": ", ".join(provenance.label_names or map(str, spec.labels)),
            "Coefficients": ", ".join(f"{name} = {value:g}" for name, value in spec.coefficients.flat().items()),
        }
    )
    if provenance.changes:
        texts["Coefficient changes"] = "; ".join(f"step {step}: {text}" for step, text in provenance.changes)
    return texts | {KEYWORD: provenance.to_text()}


def picture_info(
    classifier_sha256: str,
    spec: RunSpec,
    changes: Iterable[tuple[int, str]] = (),
    run: str = "",
    step: int | None = None,
    label_names: Iterable[str] = (),
) -> dict[str, str]:
    """Returns the metadata of a picture of a run; see `Provenance`."""
    return picture_texts(make_provenance(run, spec, classifier_sha256, step, changes, label_names))


def read_provenance(path: Path) -> Provenance:
    """Returns the provenance in the PNG, GIF, WebP, MP4, SVG or PDF file `path`, which is not trusted.

    Raises:
        ProvenanceError: The file cannot be read, or holds no valid provenance.
    """
    try:
        other = EXPORTED.other(path)
        if other:
            raise ProvenanceError(f"{path.name} must be {EXPORTED.words}; it is {other}.")
        text = carried_text(path)
    except OSError as error:
        raise ProvenanceError(f"{path} cannot be read: {error.strerror or error}.") from error
    if text is None:
        raise ProvenanceError(f"{path.name} holds no set-up of a run; only pictures exported by this program do.")
    try:
        return _from_data(json.loads(text, parse_int=_whole_number, parse_constant=_refuse))
    except (LabError, ValueError, KeyError, TypeError, RecursionError) as error:
        reason = str(error) if isinstance(error, LabError) else "it is damaged"
        reason = reason.rstrip(".")[:_LONGEST_REASON]
        raise ProvenanceError(f"The set-up in {path.name} cannot be used: {reason}.") from error


def _from_data(data: Any) -> Provenance:
    if data["format"] != _FORMAT:
        raise ProvenanceError("it was written by another version of the program")
    layers = data["run"]["coefficients"]["layer_cost_coeffs"]
    step, changes = data["step"], data["changes"]
    if not (step is None or (type(step) is int and step >= 0)) or not isinstance(layers, dict):
        raise TypeError
    if not isinstance(changes, list) or len(changes) > _MOST_CHANGES:
        raise TypeError
    names = data.get("label_names", [])
    if not isinstance(names, list) or len(names) > MAXIMUM_CLASSES:
        raise TypeError
    return Provenance(
        run=_text(data["id"]),
        spec=RunSpec.from_dict(data["run"], layers),
        classifier_sha256=_text(data["classifier_sha256"]),
        step=step,
        changes=tuple((_step(at), _text(words)) for at, words in changes),
        label_names=tuple(map(_text, names)),
        program=_text(data["program"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value[:_LONGEST_TEXT]


def _step(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _whole_number(digits: str) -> int:
    if len(digits) >= _LONGEST_NUMBER:
        raise ValueError
    return int(digits)


def _refuse(_constant: str) -> float:
    raise ValueError
