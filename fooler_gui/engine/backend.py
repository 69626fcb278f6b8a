"""Loads TensorFlow as this program needs it. Other engine modules may be imported only after `load`.

The import takes seconds: it happens on the thread that will own TensorFlow, never before the window is shown.
"""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

# Keras imports these if they are installed, which costs seconds; none is used here.
_HIDDEN = ("sklearn", "pandas", "matplotlib")

# These may make a machine that is set up for other work compute differently.
_AMBIENT = ("DNNL_", "KERAS_", "NVIDIA_TF32_", "ONEDNN_", "TENSORFLOW_", "TF2_", "TF_", "XLA_")
_HARMLESS = ("TF_CPP_", "TF_FORCE_", "TF_GPU_ALLOCATOR", "TF_NUM_")
"""Of these, TensorFlow's log level, GPU memory and the number of threads change no result."""

_FIRST_EXTENSION = "python/platform/_pywrap_cpu_feature_guard.so"
"""The first extension that TensorFlow imports, within its folder; it needs all of TensorFlow's libraries."""


def load() -> None:
    """Imports TensorFlow and Keras and makes their operations deterministic. A second call does nothing.

    Environment variables and ``keras.json`` are ignored as far as they affect results, so that the same seed gives the
    same result on any set-up.

    NumPy's matrix products get one thread: those of a step are small, and its library's threads would keep spinning on
    the cores that TensorFlow needs next.

    Raises:
        ImportError: TensorFlow is not installed, or this processor or system cannot run it.
    """
    if "tensorflow" in sys.modules:
        return
    _forget_ambient_settings()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _without_collections(), _hidden_packages(), _quiet_native_code(), _own_symbols():
        _load_libraries()
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")
        tf.config.experimental.enable_op_determinism()
        settle_graphics(tf.config)
        tf.config.list_logical_devices()
    threadpool_limits(1, user_api="blas")


def settle_graphics(config: Any) -> None:
    """Makes a GPU, if there is one, take memory only as needed, and keep the precision of float32 in products.

    Args:
        config: TensorFlow's ``tf.config``, before the first operation.
    """
    graphics = config.list_physical_devices("GPU")
    for device in graphics:
        config.experimental.set_memory_growth(device, True)
    if graphics:
        config.experimental.enable_tensor_float_32_execution(False)


def _forget_ambient_settings() -> None:
    for name in list(os.environ):
        if name.startswith(_AMBIENT) and not name.startswith(_HARMLESS):
            del os.environ[name]
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["KERAS_HOME"] = os.devnull  # where keras.json can be neither read nor written


def _load_libraries() -> None:
    """Loads TensorFlow's libraries, some 800 MB, while other threads go on.

    The import would hold them up for half a second: Python opens an extension, with all libraries it needs, without
    letting others run, but calls a foreign function while they do. Only done on Linux; elsewhere, and where the
    extension is missing, everything is left to the import.
    """
    found = importlib.util.find_spec("tensorflow")
    if sys.platform != "linux" or found is None or found.origin is None:
        return
    extension = Path(found.origin).parent / _FIRST_EXTENSION
    if extension.exists():
        open_library = ctypes.CDLL(None).dlopen
        open_library.argtypes, open_library.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
        open_library(os.fsencode(extension), sys.getdlopenflags())


@contextmanager
def _without_collections() -> Iterator[None]:
    """Keeps the garbage collector from stopping the window's thread while the heap grows."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


@contextmanager
def _hidden_packages() -> Iterator[None]:
    hidden = [name for name in _HIDDEN if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def _own_symbols() -> Iterator[None]:
    """Makes TensorFlow find its own LLVM first if a graphics driver has loaded another, which would crash it."""
    if not _holds_llvm():
        yield
        return
    former = sys.getdlopenflags()
    sys.setdlopenflags(former | os.RTLD_DEEPBIND)
    try:
        yield
    finally:
        sys.setdlopenflags(former)


def _holds_llvm() -> bool:
    """Returns whether this process has loaded the LLVM library, as Mesa does on GTK and Wayland desktops."""
    if sys.platform != "linux":
        return False
    try:
        return b"libLLVM" in Path("/proc/self/maps").read_bytes()
    except OSError:
        return False


@contextmanager
def _quiet_native_code() -> Iterator[None]:
    """Withholds libraries' output to standard error until a log level applies; shown if the import fails."""
    try:
        held = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the `with` below
    except OSError:  # no temporary file can be written
        yield
        return
    with held:
        kept = os.dup(2)
        os.dup2(held.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            if failed:
                held.seek(0)
                os.write(2, held.read())
