"""Packages that offer terms or starts, installed for a test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from fooler_gui.core.plug_ins import Registry

Install = Callable[[Mapping[str, str], str, Mapping[str, Mapping[str, str]]], None]
"""Installs files, by their paths, as the package of a name with entry points, by group and name."""


def write_package(
    folder: Path, files: Mapping[str, str], name: str, entry_points: Mapping[str, Mapping[str, str]]
) -> None:
    """Writes a package and what tells of it into `folder`, as if it were installed there."""
    about = folder / f"{name}-1.0.dist-info"
    sections = [
        "\n".join([f"[{group}]", *(f"{point} = {value}" for point, value in points.items())])
        for group, points in entry_points.items()
    ]
    for path, text in {
        **{folder / path: text for path, text in files.items()},
        about / "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        about / "entry_points.txt": "\n".join(sections),
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@contextmanager
def installed_packages(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *registries: Registry[object]
) -> Iterator[Install]:
    """Gives what installs packages into `folder`, from where `registries` find them, until the context is left."""

    def look_again() -> None:
        for registry in registries:
            registry.look_again()

    def install(files: Mapping[str, str], name: str, entry_points: Mapping[str, Mapping[str, str]]) -> None:
        write_package(folder, files, name, entry_points)
        monkeypatch.syspath_prepend(folder)
        look_again()

    before = set(sys.modules)
    try:
        yield install
    finally:
        monkeypatch.undo()
        look_again()
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and folder in Path(file).parents:
                del sys.modules[name]
