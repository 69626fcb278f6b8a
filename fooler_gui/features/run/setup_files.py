"""Coefficients to and from files, and the set-up of a run from an exported picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from fooler_gui.core.coefficient_presets import descent_to_keep
from fooler_gui.core.errors import LabError
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.preset_file import read_preset
from fooler_gui.core.settings import CostCoefficients
from fooler_gui.exports.preset_file import write_preset
from fooler_gui.exports.provenance import read_provenance
from fooler_gui.session.model import SessionModel
from fooler_gui.widgets.file_saving import FileSaving

_KIND = "Coefficients (*.toml)"


def _marked(further: Iterable[FurtherClassifier]) -> list[tuple[str, float]]:
    """Returns what tells further classifiers apart wherever their files are."""
    return [(each.sha256, each.weight) for each in further]


class SetupFiles(QObject):
    """Reads and writes set-ups. Main thread only.

    Args:
        parent: Owner, and parent of dialogs.
        model: Holds the set-up.
        change_coefficients: Changes the coefficients and settings of the descent that go with them, undoably.
        actions: By name: "open_preset" and "save_preset".
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        change_coefficients: Callable[[CostCoefficients, Mapping[str, Any]], object],
        actions: dict[str, QAction],
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._model = model
        self._change_coefficients = change_coefficients
        self._files = FileSaving(parent, model.tell_done, model.refuse)
        actions["open_preset"].triggered.connect(self._on_open)
        actions["save_preset"].triggered.connect(self._on_save)

    def open(self, path: Path) -> None:
        """Loads the coefficients in the file `path`, undoably."""
        try:
            preset = read_preset(path)
            chosen = preset.coefficients(self._layers())
        except LabError as error:
            self._model.refuse(str(error))
            return
        self._change_coefficients(chosen, preset.descent)
        self._model.tell(f"Loaded the coefficients “{preset.name}”.")

    def restore(self, path: Path) -> None:
        """Restores the set-up of the run stored in the exported picture `path`."""
        model = self._model
        try:
            spec = read_provenance(path).spec
            has_start = spec.is_start_made
            model.present_setup()
            changes: dict[str, Any] = {"start": spec.start} if has_start else {}
            has_further = _marked(spec.further) == _marked(model.setup.further)
            if not has_further:
                changes["further"] = ()
            model.change_setup(
                labels=spec.labels,
                slots=spec.slots,
                descent=spec.descent,
                method=spec.method,
                rng_seed=spec.rng_seed,
                reference_memory=spec.reference_memory,
                **changes,
            )
        except LabError as error:
            model.refuse(str(error))
            return
        has_layers = set(spec.coefficients.layer_cost_coeffs) == set(self._layers())
        if has_layers:
            self._change_coefficients(spec.coefficients, {})
        if has_start and has_layers and (has_further or not spec.further):
            model.tell(f"Restored the set-up of {path.name}: seed {spec.rng_seed}. Press Space to run.")
            return
        others = ", ".join(spec.coefficients.layer_cost_coeffs)
        missing = []
        if not has_layers:
            missing.append(f"the coefficients, which are for a classifier with other layers ({others})")
        if not has_start:
            missing.append("the start images, which are not in the picture")
        if spec.further and not has_further:
            missing.append("the further classifiers, which must be chosen again")
        model.refuse(f"The set-up of {path.name} was restored except {' and '.join(missing)}.")

    def _layers(self) -> tuple[str, ...]:
        return tuple(self._model.setup.coefficients.layer_cost_coeffs)

    @Slot()
    def _on_open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open coefficients", "", f"{_KIND};;All files (*)")
        if chosen:
            self.open(Path(chosen))

    @Slot()
    def _on_save(self) -> None:
        path = self._files.ask_for_path("coefficients.toml", _KIND)
        if path is not None:
            setup = self._model.present_setup()
            descent = descent_to_keep(setup.descent)
            self._files.write(path, lambda: write_preset(path, path.stem, setup.coefficients, descent))
