"""How a training gets a name of its own: the folder that it is recorded in is made before it begins."""

from __future__ import annotations

from pathlib import Path

from fooler_gui.core.files import claim_folder, give_back_folder, numbered
from fooler_gui.records.training_record import training_folder


def claimed_classifier(wanted: Path) -> Path:
    """Returns `wanted`, or a path named as by `free_path`, which no other program has got from this function.

    There is no such file yet; the folder of its training is made already, unless none can be made there at present.
    """
    return next(path for path in numbered(wanted) if _is_claimed(path))


def _is_claimed(classifier: Path) -> bool:
    folder = training_folder(classifier)
    if not claim_folder(folder):
        return False
    if classifier.exists():  # asked for last: another program may have ended a training of this name meanwhile
        give_back_folder(folder)
        return False
    return True
