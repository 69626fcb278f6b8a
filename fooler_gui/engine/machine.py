"""The properties of a machine that affect the last bits of results, for records."""

from __future__ import annotations

import os
import platform
from functools import cache

import tensorflow as tf
from threadpoolctl import threadpool_info

from fooler_gui.core.processors import processors
from fooler_gui.core.versions import processor
from fooler_gui.engine.search_choice import search_way

_THREADS = "TF_NUM_INTRAOP_THREADS"


@cache
def machine() -> dict[str, str]:
    """Returns the system, the processor, the computing device, threads per operation, matrix library and search way.

    Raises:
        SettingError: ``FOOLER_SEARCH`` names no way to search.
    """
    graphics = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(device).get("device_name", "GPU") for device in graphics]
    libraries = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "device": ", ".join(names) or "CPU",
        "threads": str(_threads()),
        "blas": ", ".join(
            " ".join(str(library.get(key) or "") for key in ("internal_api", "version", "architecture")).strip()
            for library in libraries
        ),
        "search": search_way().value,
    }


def _threads() -> int:
    """Returns how many threads share a TensorFlow operation; gradients are summed in as many parts."""
    asked = tf.config.threading.get_intra_op_parallelism_threads() or os.environ.get(_THREADS, "")
    if str(asked).isdecimal() and int(asked):
        return int(asked)
    return processors()
