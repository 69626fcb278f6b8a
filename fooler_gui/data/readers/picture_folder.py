"""Datasets as folders of pictures: a folder for each class, perhaps in folders for training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fooler_gui.core.dataset_info import MAXIMUM_CLASSES
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.found import Found, Role
from fooler_gui.data.readers.listing import MAXIMUM_FILES, entries_in, files_below
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
    others, empty = 0, []
    with quietly():
        for role, folder in _parts_in(root).items():
            classes, loose = entries_in(folder)
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
                pictures, strangers = _of_class(each)
                labelled[role] += pictures
                others += strangers
                if not pictures:
                    empty.append(each.name)
                if sum(map(len, labelled.values())) > MAXIMUM_FILES:
                    raise ArrayFileError(f"{path} must hold at most {MAXIMUM_FILES:,} pictures; it holds more.")
    names = {each.label for few in labelled.values() for each in few}
    if not names:
        raise ArrayFileError(
            f"{path} must hold a folder of pictures for each class; no picture lies in a folder there."
        )
    parts, converted = picture_parts(labelled, largest)
    if empty:
        some = ", ".join(empty[:_NAMED]) + (" …" if len(empty) > _NAMED else "")
        remarks.append(f"Folders without a picture left out: {len(empty):,} ({some}).")
    if others:
        remarks.append(f"Files that are no pictures of a class left out: {others:,}.")
    return Found(
        name=path.resolve().name,
        parts=parts,
        files=tuple(each.picture.path for few in labelled.values() for each in few),
        remarks=(*converted, *remarks),
    )


def _root(path: Path) -> Path:
    """Returns the folder that holds the classes or parts: `path`, or the only folder in it, and so on."""
    for _ in range(3):
        folders, _ = entries_in(path)
        if len(folders) != 1 or not entries_in(folders[0])[0]:
            break
        path = folders[0]
    return path


def _parts_in(root: Path) -> Mapping[Role, Path]:
    """Returns the folder of each part; `root` itself for training if there are none."""
    folders, _ = entries_in(root)
    found = {role: folder for folder in folders if (role := _ROLES.get(folder.name.lower())) is not None}
    return found if Role.TRAIN in found and entries_in(found[Role.TRAIN])[0] else {Role.TRAIN: root}


def _of_class(folder: Path) -> tuple[list[Labelled], int]:
    """Returns the pictures of the class in `folder`, and how many other files are there."""
    looked = [look_at(file) for file in files_below(folder)]
    pictures = [Labelled(picture, folder.name) for picture in looked if picture is not None]
    return pictures, len(looked) - len(pictures)
