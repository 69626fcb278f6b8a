"""Datasets as pictures with a CSV file beside them that says which shows what."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fooler_gui.core.file_kind import TABLES, FileKind, kind_of
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.found import Found, Role
from fooler_gui.data.readers.listing import MAXIMUM_FILES, entries_in, files_in
from fooler_gui.data.readers.picture_parts import Labelled, picture_parts
from fooler_gui.data.readers.pictures import look_at, quietly
from fooler_gui.data.readers.text_lines import checked_class, lines_of, text_of

_LABELS = ("label", "labels", "class", "target", "category", "breed", "species", "y")
_SPLITS = ("split", "set", "subset", "usage")
_ROLES = {
    "val": Role.VALIDATION,
    "valid": Role.VALIDATION,
    "validation": Role.VALIDATION,
    "test": Role.TEST,
    "testing": Role.TEST,
}
_ENDINGS = ("", ".png", ".jpg", ".jpeg", ".JPG", ".PNG")
_SAMPLE = 20
_MOST_TABLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A CSV file of pictures.

    Attributes:
        path: The file.
        delimiter: Between columns.
        has_heading: Whether its first row names the columns.
        picture: The column of file names.
        label: The column of classes.
        split: The column that says what each picture is for; None if there is none.
        places: The folders in which the files may lie.
    """

    path: Path
    delimiter: str
    has_heading: bool
    picture: int
    label: int
    split: int | None
    places: tuple[Path, ...]


def is_picture_table(path: Path) -> bool:
    """Returns whether `path` is a CSV file of pictures and their classes, or a folder that holds one."""
    return _table_at(path) is not None


def read_picture_table(path: Path, largest: int) -> Found:
    """Returns the dataset that the CSV file `path`, or the one in the folder `path`, describes.

    Raises:
        ArrayFileError: It names files outside its folder, or that are no pictures or not there.
    """
    table = _table_at(path)
    assert table is not None
    labelled: dict[Role, list[Labelled]] = {role: [] for role in Role}
    rows = itertools.islice(_rows(table.path, table.delimiter), int(table.has_heading), MAXIMUM_FILES)
    with quietly():
        for number, row in rows:
            if len(row) <= max(table.picture, table.label):
                raise ArrayFileError(
                    f"{table.path.name} must have a picture and a class in each row; line {number:,} lacks one."
                )
            file = _found(row[table.picture], table.places, table.path)
            picture = None if file is None else look_at(file)
            if picture is None:
                raise ArrayFileError(
                    f"{table.path.name} must name pictures that lie beside it; line {number:,} names "
                    f"{row[table.picture][:100]!r}, which is none."
                )
            label = checked_class(table.path, number, row[table.label])
            labelled[_role(table, row)].append(Labelled(picture, label))
    parts, remarks = picture_parts(labelled, largest)
    files = (table.path, *(each.picture.path for few in labelled.values() for each in few))
    return Found(name=table.path.resolve().parent.name, parts=parts, files=files, remarks=remarks)


def _role(table: _Table, row: Sequence[str]) -> Role:
    if table.split is None or len(row) <= table.split:
        return Role.TRAIN
    return _ROLES.get(row[table.split].lower(), Role.TRAIN)


def _table_at(path: Path) -> _Table | None:
    if not path.is_dir():
        return _table_of(path) if kind_of(path) is FileKind.TEXT else None
    texts = (file for file in files_in(path) if file.suffix.lower() in TABLES)
    tables = (_table_of(file) for file in itertools.islice(texts, _MOST_TABLES) if kind_of(file) is FileKind.TEXT)
    return next((table for table in tables if table is not None), None)


def _table_of(path: Path) -> _Table | None:
    """Returns the table in the file at `path`; None if it is none of pictures and classes."""
    places = (path.parent, *entries_in(path.parent).folders)
    sample = list(itertools.islice(lines_of(path), _SAMPLE))
    if len(sample) < 2:
        return None
    first = sample[0][1].decode(errors="replace")
    delimiter = max(",;\t", key=first.count)
    heading, *rows = (row for _, row in itertools.islice(_rows(path, delimiter), _SAMPLE))
    columns = range(len(rows[0])) if rows else ()
    picture = next((column for column in columns if _names_pictures(rows[0], column, places)), None)
    if picture is None or len(columns) < 2:
        return None
    has_heading = not _names_pictures(heading, picture, places)
    words = [word.lower() for word in heading] if has_heading else []
    split = next((words.index(word) for word in _SPLITS if word in words), None)
    rest = [column for column in columns if column not in (picture, split)]
    label = next((words.index(word) for word in _LABELS if word in words), rest[0] if len(rest) == 1 else None)
    if label is None:
        return None
    return _Table(
        path=path,
        delimiter=delimiter,
        has_heading=has_heading,
        picture=picture,
        label=label,
        split=split,
        places=places,
    )


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines_of(path):
        text = text_of(path, number, line)
        try:
            (row,) = csv.reader([text], delimiter=delimiter)
        except (csv.Error, ValueError) as error:
            raise ArrayFileError(f"{path.name} must be a CSV file; line {number:,} is none of one.") from error
        yield number, [field.strip() for field in row]


def _names_pictures(row: Sequence[str], column: int, places: Sequence[Path]) -> bool:
    if column >= len(row) or _leads_out(row[column]):
        return False
    return _file(row[column], places) is not None


def _found(name: str, places: Sequence[Path], table: Path) -> Path | None:
    if _leads_out(name):
        raise ArrayFileError(
            f"{table.name} must name pictures in its own folder; received {name[:100]!r}, which leads out of it."
        )
    return _file(name, places)


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\", "~")) or ":" in parts[0] or "\0" in name


def _file(name: str, places: Sequence[Path]) -> Path | None:
    if not name or len(name) > 1_000:
        return None
    for place in places:
        for ending in _ENDINGS:
            file = place / f"{name}{ending}"
            try:
                if file.is_file():
                    return file
            except OSError:
                return None
    return None
