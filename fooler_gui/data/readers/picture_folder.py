"""Datasets as folders of pictures: a folder for each class, perhaps in folders for training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fooler_gui.core.dataset_info import MAXIMUM_CLASSES
from fooler_gui.core.file_kind import SAVE_IN_UTF_8, TABLES, FileKind, kind_of
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.found import Found, Role
from fooler_gui.data.readers.listing import MAXIMUM_FILES, entries_below, entries_in, files_in
from fooler_gui.data.readers.picture_parts import Labelled, picture_parts
from fooler_gui.data.readers.pictures import look_at, quietly

_ROLES = {
    "train": Role.TRAIN,
    "training": Role.TRAIN,
    "val": Role.VALIDATION,
    "valid": Role.VALIDATION,
    "validation": Role.VALIDATION,
    "test": Role.TEST,
    "testing": Role.TEST,
}
_NAMED = 3
"""How many folders a remark names."""


def is_picture_folder(path: Path) -> bool:
    """Returns whether `path` is a folder that may be of this form."""
    return path.is_dir()


def read_picture_folder(path: Path, largest: int) -> Found:
    """Returns the dataset of pictures in the folder `path`, made smaller if they have a side over `largest`.

    Raises:
        ArrayFileError: It has no pictures in folders, or one of them is damaged.
    """
    root = _root(path)
    labelled: dict[Role, list[Labelled]] = {}
    remarks: list[str] = []
    others, links, empty = 0, 0, []
    with quietly():
        for role, folder in _parts_in(root).items():
            classes, loose, found_links = entries_in(folder)
            links += len(found_links)
            if not classes and role is not Role.TRAIN:
                remarks.append(f"{folder.name} has no folders of classes and is not used.")
                continue
            if len(classes) > MAXIMUM_CLASSES:
                raise ArrayFileError(
                    f"{folder} must hold at most {MAXIMUM_CLASSES:,} classes; it holds {len(classes):,} folders."
                )
            others += len(loose)
            labelled[role] = []
            for each in classes:
                pictures, strangers, links_within = _of_class(each)
                labelled[role] += pictures
                others, links = others + strangers, links + links_within
                if not pictures:
                    empty.append(each.name)
                if sum(map(len, labelled.values())) > MAXIMUM_FILES:
                    raise ArrayFileError(f"{path} must hold at most {MAXIMUM_FILES:,} pictures; it holds more.")
    names = {each.label for few in labelled.values() for each in few}
    if len(names) < 2:
        _refuse_other_texts(path)
    if not names:
        followed = "; links to folders are not followed" if links else ""
        raise ArrayFileError(
            f"{path} must hold a folder of pictures for each class; no picture lies in a folder there{followed}."
        )
    parts, converted = picture_parts(labelled, largest)
    if empty:
        some = ", ".join(empty[:_NAMED]) + (" …" if len(empty) > _NAMED else "")
        remarks.append(f"Folders without a picture left out: {len(empty):,} ({some}).")
    if others:
        remarks.append(f"Files that are no pictures of a class left out: {others:,}.")
    if links:
        remarks.append(f"Links to folders, or to nothing, not followed: {links:,}.")
    return Found(
        name=path.resolve().name,
        parts=parts,
        files=tuple(each.picture.path for few in labelled.values() for each in few),
        remarks=(*converted, *remarks),
    )


def _root(path: Path) -> Path:
    """Returns the folder that holds the classes or parts: `path`, or the only folder in it, and so on."""
    for _ in range(3):
        folders = entries_in(path).folders
        if len(folders) != 1 or not entries_in(folders[0]).folders:
            break
        path = folders[0]
    return path


def _parts_in(root: Path) -> Mapping[Role, Path]:
    """Returns the folder of each part; `root` itself for training if there are none."""
    folders = entries_in(root).folders
    found = {role: folder for folder in folders if (role := _ROLES.get(folder.name.lower())) is not None}
    return found if Role.TRAIN in found and entries_in(found[Role.TRAIN]).folders else {Role.TRAIN: root}


def _refuse_other_texts(folder: Path) -> None:
    """Refuses a `folder` of too few classes whose tables, perhaps of pictures and their classes, cannot be read."""
    for file in files_in(folder):
        kind = kind_of(file) if file.suffix.lower() in TABLES else FileKind.TEXT
        if kind in (FileKind.UTF_16, FileKind.OTHER_TEXT):
            raise ArrayFileError(f"{file.name} must be a text file in UTF-8; it is {kind.value}; {SAVE_IN_UTF_8}.")


def _of_class(folder: Path) -> tuple[list[Labelled], int, int]:
    """Returns the pictures of the class in `folder`, and how many other files and skipped links are there."""
    below = entries_below(folder)
    looked = [look_at(file) for file in below.files]
    pictures = [Labelled(picture, folder.name) for picture in looked if picture is not None]
    return pictures, len(looked) - len(pictures), len(below.links)
