"""Coefficients to and from files, and the set-up of a run out of a picture that was exported."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from fooler_gui.core.errors import LabError
from fooler_gui.core.preset_file import read_preset
from fooler_gui.exports.preset_file import write_preset
from fooler_gui.exports.provenance import read_provenance
from fooler_gui.shell.file_desk import FileDesk
from fooler_gui.shell.main_window import MainWindow

_KIND = "Coefficients (*.toml)"


class PresetDesk(FileDesk):
    """Serves what reads and writes set-ups. Main thread only.

    Args:
        window: The main window, which owns the desk.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, window)
        window.actions_.open_preset.triggered.connect(self._on_open)
        window.actions_.save_preset.triggered.connect(self._on_save)

    def open(self, path: Path) -> None:
        """Takes the coefficients of the file `path`; that can be undone."""
        coefficients = self._window.coefficients
        layers = tuple(coefficients.coefficients().layer_cost_coeffs)
        try:
            preset = read_preset(path)
            chosen = preset.coefficients(layers)
        except LabError as error:
            self.refuse(str(error))
            return
        coefficients.change_coefficients(chosen)
        self._window.set_status(f"Took the coefficients “{preset.name}”.")

    def restore(self, path: Path) -> None:
        """Takes the set-up of the run that the exported picture `path` tells of."""
        window = self._window
        try:
            provenance = read_provenance(path)
            spec = provenance.spec
            window.run_bar.set_labels(spec.labels)
            window.run_bar.set_slots(spec.slots)
            window.descent.set_descent(spec.descent)
            window.descent.set_method(spec.method)
            window.descent.set_rng_seed(spec.rng_seed)
            has_start = spec.is_start_made
            if has_start:
                window.descent.set_start(spec.start)
        except LabError as error:
            self.refuse(str(error))
            return
        layers = tuple(window.coefficients.coefficients().layer_cost_coeffs)
        has_layers = set(spec.coefficients.layer_cost_coeffs) == set(layers)
        if has_layers:
            window.coefficients.change_coefficients(spec.coefficients)
        if has_start and has_layers:
            window.set_status(f"Restored the set-up of {path.name}: seed {spec.rng_seed}. Press Space to run.")
            return
        others = ", ".join(spec.coefficients.layer_cost_coeffs)
        missing = []
        if not has_layers:
            missing.append(f"the coefficients, which are of a classifier with other layers ({others})")
        if not has_start:
            missing.append("the start, which was from images of its own")
        self.refuse(f"The set-up of {path.name} was restored but for {' and '.join(missing)}.")

    @Slot()
    def _on_open(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open coefficients", "", f"{_KIND};;All files (*)")
        if chosen:
            self.open(Path(chosen))

    @Slot()
    def _on_save(self) -> None:
        path = self.ask_for_path("coefficients.toml", _KIND)
        if path is not None:
            self.write(path, lambda: write_preset(path, path.stem, self._window.coefficients.coefficients()))
