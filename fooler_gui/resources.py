"""Where the program's own files lie, in a source tree and in an installed wheel, and where the user's go."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import platformdirs

from fooler_gui.core.files import claimed_folder

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
    folder = user_path(name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def runs_folder() -> Path:
    """Returns the folder that runs record themselves in without being asked; it is made with the first of them."""
    return user_path("runs")


def free_run_folder() -> Path:
    """Returns a folder for a run that is nobody else's; it is made already where it can be."""
    return claimed_folder(runs_folder() / f"run {datetime.now():%Y-%m-%d %H-%M-%S}")


def user_path(name: str) -> Path:
    """Returns the folder `name` under the user's data folder, which need not exist."""
    return Path(platformdirs.user_data_dir("fooler", appauthor=False)) / name
