from __future__ import annotations

import ctypes
import importlib.machinery
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock, call

import pytest

from fooler_gui.engine import backend

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what a graphics driver loads on Linux")
ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, os
from fooler_gui.engine import backend
backend.load()
import keras, tensorflow as tf
from keras import config
print(json.dumps([config.backend(), config.floatx(), config.epsilon(), config.image_data_format(),
    config.dtype_policy().name, tf.executing_eagerly(), os.environ.get("TF_NUM_INTRAOP_THREADS")]))
"""
PLAIN = ["tensorflow", "float32", 1e-7, "channels_last", "float32", True]


def settings_with(home: Path, **variables: str) -> list[object]:
    """Returns how Keras is set after the program loaded it, in a process with such a home and `variables`."""
    environment = os.environ | {"HOME": str(home), "PYTHONPATH": str(ROOT)} | variables
    environment.pop("KERAS_HOME", None) if "KERAS_HOME" not in variables else None
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    settings: list[object] = json.loads(done.stdout)
    return settings


def test_variables_of_other_work_decide_nothing(tmp_path: Path) -> None:
    settings = settings_with(
        tmp_path,
        KERAS_BACKEND="jax",
        KERAS_MAX_EPOCHS="no number",
        TF2_BEHAVIOR="0",
        TF_ENABLE_ONEDNN_OPTS="0",
        TF_USE_LEGACY_KERAS="1",
        TF_XLA_FLAGS="--no_such_flag",
        TF_NUM_INTRAOP_THREADS="3",
    )
    assert settings == [*PLAIN, "3"]


@pytest.mark.parametrize("content", [
    '{"backend": "torch", "floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_first"}',
    '{"floatx": "int3"}',
    "{",
])  # fmt: skip
@pytest.mark.parametrize("named", [False, True])
def test_a_configuration_of_keras_decides_nothing_and_stays(tmp_path: Path, content: str, named: bool) -> None:
    folder = tmp_path / ".keras"
    folder.mkdir()
    (folder / "keras.json").write_text(content)
    variables = {"KERAS_HOME": str(folder)} if named else {}
    assert settings_with(tmp_path, **variables)[:6] == PLAIN
    assert (folder / "keras.json").read_text() == content


def test_none_is_written(tmp_path: Path) -> None:
    assert settings_with(tmp_path)[:6] == PLAIN
    assert list(tmp_path.iterdir()) == []


@ON_LINUX
def test_tensorflow_finds_its_own_llvm_beside_that_of_a_graphics_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "_holds_llvm", lambda: True)
    before = sys.getdlopenflags()
    with backend._own_symbols():
        assert sys.getdlopenflags() == before | os.RTLD_DEEPBIND
    assert sys.getdlopenflags() == before


@ON_LINUX
def test_libraries_are_loaded_as_usual_where_no_driver_has_loaded_llvm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "_holds_llvm", lambda: False)
    before = sys.getdlopenflags()
    with backend._own_symbols():
        assert sys.getdlopenflags() == before


@ON_LINUX
def test_libraries_are_loaded_before_the_import_needs_them() -> None:
    script = """
import sys
from pathlib import Path
from fooler_gui.engine import backend
backend._load_libraries()
loaded = Path("/proc/self/maps").read_text()
print("libtensorflow_cc" in loaded, "libtensorflow_framework" in loaded, "tensorflow" in sys.modules)
before = loaded.count("libtensorflow_cc")
import tensorflow as tf
print(Path("/proc/self/maps").read_text().count("libtensorflow_cc") == before, int(tf.add(1, 2)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["True True False", "True 3"], done.stderr


@pytest.mark.parametrize(
    "there", [None, importlib.machinery.ModuleSpec("tensorflow", None, origin="/none/__init__.py")]
)
def test_where_the_libraries_are_not_found_the_import_says_so(
    monkeypatch: pytest.MonkeyPatch, there: importlib.machinery.ModuleSpec | None
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: there)
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: pytest.fail("nothing is there to be opened"))
    backend._load_libraries()


@pytest.mark.parametrize("devices", [[], ["GPU:0", "GPU:1"]])
def test_a_gpu_takes_memory_as_needed_and_keeps_the_precision_of_products(devices: list[str]) -> None:
    config = Mock()
    config.list_physical_devices.return_value = devices
    backend.settle_graphics(config)
    assert config.experimental.set_memory_growth.call_args_list == [call(device, True) for device in devices]
    assert config.experimental.enable_tensor_float_32_execution.call_args_list == [call(False)] * bool(devices)
