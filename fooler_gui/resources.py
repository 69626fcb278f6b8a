"""Where the program's own files lie, in a source tree and in an installed wheel, and where the user's go."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Returns the path of a file that comes with the program, such as ``resource("mnist.npz")``.

    Raises:
        FileNotFoundError: The installation lacks it.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"The program's own file {'/'.join(parts)} is missing; install the program again.")


def bundled_classifier() -> Path:
    """Returns the path of the article's classifier, trained with its 20,000 steps."""
    return resource("classifiers", "article.keras")


def second_opinion() -> Path:
    """Returns the path of an independent classifier that never saw a found image."""
    return resource("classifiers", "second-opinion.keras")


def user_folder(name: str) -> Path:
    """Returns the folder `name` under the user's data folder, made if need be.

    Raises:
        OSError: It cannot be made.
    """
    folder = Path(platformdirs.user_data_dir("fooler", appauthor=False)) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
