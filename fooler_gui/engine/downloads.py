"""Downloads a dataset through ``keras.datasets``, only when a person asks for it."""

from __future__ import annotations

import importlib
import tempfile
import urllib.request
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from fooler_gui.core.downloads import Download
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.files import TEMPORARY
from fooler_gui.core.formats import format_bytes
from fooler_gui.core.messages import Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.array_file import write_arrays

_SILENT_SECONDS = 30.0
"""How long a server may send nothing."""
_LOOK_SECONDS = 0.1


class DownloadFailed(LabError, OSError):
    """A dataset could not be downloaded."""


class _Stopped(Exception):
    """A stop was requested during the download."""


def get_dataset(download: Download, path: Path, control: RunControl) -> Generator[Working, None, bool]:
    """Yields progress while `download` is fetched and written to the ``.npz`` file `path`, whole or not at all.

    Runs on the thread that owns Keras; the download itself runs on a thread of its own, which ends with this function.

    Args:
        download: The dataset.
        path: Its file; replaced if it exists. What is downloaded lies beside it until then.
        control: Stop.

    Returns:
        Whether it is written; False after a stop.

    Raises:
        DownloadFailed: There is no network, or what came is damaged.
        OSError: The file cannot be written.
    """
    sentence = f"Getting {download.title}, {format_bytes(download.bytes)}"
    received = _Received(control)
    yield Working(sentence=sentence, fraction=0.0)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=path.parent) as cache, ThreadPoolExecutor(1) as thread:
        loading = thread.submit(_load, download, Path(cache), received)
        while not wait([loading], timeout=_LOOK_SECONDS).done:
            yield Working(sentence=sentence, fraction=min(1.0, received.count / download.bytes))
        try:
            (train_images, train_labels), (test_images, test_labels) = loading.result()
        except _Stopped:
            return False
        except Exception as error:
            raise DownloadFailed(
                f"{download.title} could not be downloaded: {reason_of(_origin(error))}; check the network connection, "
                "or fetch its files in another way and open their folder, in a terminal with --data."
            ) from error
        if control.stop_requested:
            return False
        yield Working(sentence=f"Writing {path.name}")
        arrays: dict[str, npt.NDArray[Any]] = {
            "train_images": train_images,
            "train_labels": train_labels.ravel().astype(np.uint8),
            "test_images": test_images,
            "test_labels": test_labels.ravel().astype(np.uint8),
            "class_names": np.array(download.class_names),
        }
        write_arrays(path, arrays)
    return True


class _Received:
    """Counts the bytes that arrive, and ends the download once a stop is requested."""

    def __init__(self, control: RunControl) -> None:
        self.count = 0
        self._control = control

    def add(self, count: int) -> None:
        if self._control.stop_requested:
            raise _Stopped
        self.count += count


def _load(download: Download, cache: Path, received: _Received) -> Any:
    """Returns what Keras loads, downloaded into `cache` in place of Keras's own, which has no home here."""
    load_data = importlib.import_module(f"keras.datasets.{download.module}").load_data
    names = load_data.__globals__
    get_file = names["get_file"]
    names["get_file"] = partial(get_file, cache_dir=str(cache))
    try:
        with _counted(received.add), _quiet_keras():
            return load_data()
    finally:
        names["get_file"] = get_file


@contextmanager
def _counted(add: Callable[[int], None]) -> Generator[None, None, None]:
    """Lets `add` know of all bytes that ``urllib`` receives."""
    urllib.request.install_opener(urllib.request.build_opener(_Counting(add)))
    try:
        yield
    finally:
        urllib.request.install_opener(None)


@contextmanager
def _quiet_keras() -> Generator[None, None, None]:
    """Keeps Keras from writing its progress to standard output."""
    was_enabled = keras.config.is_interactive_logging_enabled()
    keras.config.disable_interactive_logging()
    try:
        yield
    finally:
        if was_enabled:
            keras.config.enable_interactive_logging()


class _Counting(urllib.request.BaseHandler):
    handler_order = 2_000  # after errors and redirections are dealt with

    def __init__(self, add: Callable[[int], None]) -> None:
        self._add = add

    def http_request(self, request: Any) -> Any:
        request.timeout = _SILENT_SECONDS
        return request

    def http_response(self, _request: object, response: Any) -> Any:
        return response if isinstance(response, _Counted) else _Counted(response, self._add)

    https_request = http_request
    https_response = http_response
    file_response = http_response


class _Counted:
    """A response that tells of every byte that is read."""

    def __init__(self, response: Any, add: Callable[[int], None]) -> None:
        self._response = response
        self._add = add

    def read(self, *size: int) -> bytes:
        content: bytes = self._response.read(*size)
        self._add(len(content))
        return content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)


def _origin(error: BaseException) -> BaseException:
    """Returns the first of the errors that led to `error`."""
    while error.__context__ is not None:
        error = error.__context__
    return error
