"""``--start``: a kind of images, test images of a class, or images of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fooler_gui.cli.checks import FileRefused, given_file
from fooler_gui.cli.option_values import BadArguments, label, label_of
from fooler_gui.cli.output import write_error
from fooler_gui.cli.session import Session
from fooler_gui.core.errors import reason_of
from fooler_gui.core.file_kind import OTHERS_IMAGES, START_IMAGES, kind_of
from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.run_spec import DIGITS, NOISE, is_made
from fooler_gui.data.array_file import write_images
from fooler_gui.data.labelled_images import read_labelled_images
from fooler_gui.data.start_pictures import read_start_images
from fooler_gui.kept_starts import keep_start

_OF_A_CLASS = f"{DIGITS}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenStart:
    """A start named on the command line: the first that is not empty is used.

    Attributes:
        kind: A kind of images.
        shown: The class whose test images are the start, by number or name.
        paths: Files of images.
    """

    kind: str = ""
    shown: str = ""
    paths: tuple[Path, ...] = ()

    def resolved(self, session: Session) -> str:
        """Returns it as `RunSpec.start` for the dataset and classifier in use; pictures are kept as a file of arrays.

        Raises:
            LabError: There is no such class, or a file cannot be used or kept.
        """
        if self.kind:
            return self.kind
        if self.shown:
            shown = label_of(label(self.shown), session.lab.dataset.class_names, f"--start {_OF_A_CLASS}CLASS")
            return f"{_OF_A_CLASS}{shown}"
        if len(self.paths) == 1 and kind_of(self.paths[0]) in OTHERS_IMAGES.kinds:
            return text_of(self.paths[0])
        dataset = session.lab.dataset
        images, inverted = read_start_images(
            self.paths, dataset.input_shape, dataset.examples(len(dataset.class_names))
        )
        for path in inverted:
            write_error(f"{path.name} was turned to light on dark, as in the dataset.")
        others = len(self.paths) - 1
        name = self.paths[0].stem + (f" and {others} more" if others else "")
        try:
            return text_of(keep_start(images, name, write_images))
        except OSError as error:
            raise FileRefused(f"The start cannot be kept: {reason_of(error)}.") from error


def given_start(texts: Sequence[str] | None) -> GivenStart:
    """Returns the start that ``--start`` names; uniform noise if it was not given.

    Raises:
        LabError: A file is missing or of another kind, or files are mixed with something else.
    """
    if not texts:
        return GivenStart(kind=NOISE)
    kinds = kinds_for(RUNS)
    if len(texts) > 1 and any(text in kinds or text.startswith(_OF_A_CLASS) for text in texts):
        raise BadArguments(f"--start must be one kind of images, or files alone; received {' '.join(texts)}.")
    if texts[0] in kinds:
        return GivenStart(kind=texts[0])
    if texts[0].startswith(_OF_A_CLASS):
        return GivenStart(shown=texts[0].removeprefix(_OF_A_CLASS))
    words = f"{', '.join(kinds)}, {_OF_A_CLASS}CLASS, "
    return GivenStart(paths=tuple(given_file("--start", Path(text), START_IMAGES, words) for text in texts))


def slots_for(start: str, session: Session, otherwise: int) -> int:
    """Returns how many slots a label has if nobody says: one for each image of a file, else `otherwise`.

    Raises:
        LabError: The file cannot be used.
    """
    if is_made(start):
        return otherwise
    return len(read_labelled_images(path_of(start), session.lab.dataset.input_shape).images)
