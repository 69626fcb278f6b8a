"""Finds the program's own files, in a source tree or an installed wheel, and the user's folders."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import platformdirs

from fooler_gui.core.errors import reason_of
from fooler_gui.core.files import claimed_folder, make_folder
from fooler_gui.core.write_check import NotWritable, check_folder

_RUNS = "runs"
_REMEDY = "." if sys.platform == "win32" else "; set HOME, or XDG_DATA_HOME and XDG_CONFIG_HOME, to a writable folder."
_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """Returns the path of a file of the program, such as ``resource("mnist.npz")``.

    Raises:
        FileNotFoundError: It is not installed.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"The program's own file {'/'.join(parts)} is missing; reinstall the program.")


def bundled_classifier() -> Path:
    """Returns the path of the article's classifier, trained with its 20,000 steps."""
    return resource("classifiers", "article.keras")


def second_opinion() -> Path:
    """Returns the path of an independent classifier that never saw a found image."""
    return resource("classifiers", "second-opinion.keras")


def shipped_sweeps() -> dict[str, Path]:
    """Returns the files of the sweeps that ship, by name."""
    return {file.stem: file for file in sorted(resource("sweeps").glob("*.toml"))}


def user_folder(name: str) -> Path:
    """Returns the folder `name` in the user's data folder, created if missing.

    Raises:
        NotWritable: It cannot be written.
    """
    return _made(user_path(name))


def settings_folder() -> Path:
    """Returns the folder of the user's settings, created if missing.

    Raises:
        NotWritable: It cannot be written.
    """
    return _made(settings_path())


def runs_folder() -> Path:
    """Returns the default folder of runs, which is created with the first run."""
    return user_path(_RUNS)


def free_run_folder() -> Path:
    """Returns an unused folder for a run, created if possible.

    Raises:
        NotWritable: The default folder of runs cannot be written.
    """
    return claimed_folder(user_folder(_RUNS) / f"run {datetime.now():%Y-%m-%d %H-%M-%S}")


def check_runs_folder() -> None:
    """Checks that the default folder of runs can be written.

    Raises:
        NotWritable: It cannot.
    """
    user_folder(_RUNS)


def cache_path(name: str) -> Path:
    """Returns the folder `name` in the user's folder of files that can be made anew, which need not exist."""
    return _of_user(platformdirs.user_cache_dir) / name


def references_path() -> Path:
    """Returns the folder where references are kept to save time; see `ArrayStore`. It need not exist."""
    return cache_path("references")


def user_path(name: str) -> Path:
    """Returns the folder `name` in the user's data folder, which need not exist."""
    return _of_user(platformdirs.user_data_dir) / name


def settings_path() -> Path:
    """Returns the folder of the user's settings, which need not exist."""
    return _of_user(platformdirs.user_config_dir)


def _of_user(find: Callable[..., str]) -> Path:
    """Returns the result of `find`; a relative path if there is no home folder."""
    try:
        return Path(find("fooler", appauthor=False))
    except RuntimeError:
        return Path("~", "fooler")


def _made(folder: Path) -> Path:
    if not folder.is_absolute():
        raise NotWritable(f"There is no home folder{_REMEDY}")
    try:
        check_folder(folder)
        make_folder(folder)
    except NotWritable as error:
        raise NotWritable(f"{str(error).removesuffix('.')}{_REMEDY}") from error
    except OSError as error:  # it was writable until just now
        raise NotWritable(f"Nothing can be written to {folder}: {reason_of(error)}{_REMEDY}") from error
    return folder
