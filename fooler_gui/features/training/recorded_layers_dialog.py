"""The dialog in which a person chooses the layers whose activations enter costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from fooler_gui.core.classifier_info import ClassifierInfo, LayerFacts, RecordedFacts
from fooler_gui.core.formats import format_bytes, format_count
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.messages import LayersDescribed
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.mnemonics import give_mnemonics
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, fill, heading, row_of
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because
from fooler_gui.widgets.window_fit import resize_to_fit

_SIZE = QSize(736, 560)
_UNKNOWN = "–"
_EXPLANATION = (
    "In these layers, images are compared with the training images of their label. More layers take more memory and "
    "more time a step; the inputs are always recorded."
)
_UNSAVED = "The classifier has no file to be opened from again; save it first."
_AS_THEY_ARE = "These layers are recorded already."
_NOT_MEASURING = "Nothing is being measured."


class _Row(NamedTuple):
    """A layer in the table."""

    layer: LayerFacts
    recorded: RecordedFacts
    milliseconds: float | None
    ticked: bool
    may_tick: bool


class RecordedLayersDialog(QDialog):
    """Shows every layer that a classifier can record, and lets a person tick some. Main thread only.

    Args:
        classifier: The classifier in use.
        described: Its layers.
        parent: Owner.

    Signals:
        measure_requested: (object) The names of the layers to measure.
        stop_requested: Stop measuring.
        use_requested: (object) The names of the layers to record beside the inputs, in order; None for those proposed.
    """

    measure_requested = Signal(object)
    stop_requested = Signal()
    use_requested = Signal(object)

    def __init__(self, classifier: ClassifierInfo, described: LayersDescribed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recorded_layers_dialog")
        self.setWindowTitle("Recorded layers")
        self._classifier = classifier
        self._described = described
        self._inputs = described.layers[0].name
        self._ticked = set(classifier.recorded_layers)
        self._times: Mapping[str, float] = {}
        self._state = LabState.READY
        explanation = QLabel(_EXPLANATION, self)
        explanation.setWordWrap(True)
        self._table: RecordTable[_Row] = RecordTable(
            "recorded_layers", "Layers that can be recorded", _COLUMNS, lambda row: row.layer.name, parent=self
        )
        self._sum = QuietLabel(parent=self)
        self._sum.setObjectName("recorded_layers_sum")
        self._make_buttons()
        column_of(
            heading(f"Layers of {classifier.name}"),
            explanation,
            fill(self._table),
            self._sum,
            row_of(self._propose, self._measure, self._stop, STRETCH, self._cancel, self._use),
            on=self,
            margins=2 * SPACING,
        )
        resize_to_fit(self, _SIZE)
        self._show()

        self._table.tick_requested.connect(lambda row, ticked: self._tick(row.layer.name, ticked))
        self._table.open_requested.connect(lambda row: self._tick(row.layer.name, not row.ticked))
        self._propose.clicked.connect(self._on_propose)
        self._measure.clicked.connect(lambda: self.measure_requested.emit(self._chosen()))
        self._stop.clicked.connect(self.stop_requested)
        self._cancel.clicked.connect(self.reject)
        self._use.clicked.connect(self._on_use)
        self.rejected.connect(self._on_rejected)

    def set_times(self, times: Mapping[str, float]) -> None:
        """Shows the milliseconds that layers add to a step, by name."""
        self._times = times
        self._show()

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        self._state = state
        self._enable_buttons()

    def ticked(self) -> tuple[str, ...]:
        """Returns the names of the ticked layers, in the classifier's order."""
        return tuple(layer.name for layer in self._described.layers if layer.name in self._ticked)

    def _make_buttons(self) -> None:
        self._propose = ActionButton(
            "Proposed",
            "propose_layers",
            "Ticks the layers that are recorded if nobody chooses: the last of each block, at most four, and the last "
            "hidden one.",
            parent=self,
        )
        self._measure = ActionButton(
            "Measure",
            "measure_layers",
            "Measures how many milliseconds the costs of each ticked layer add to a step of one label. It takes "
            "seconds a layer.",
            parent=self,
        )
        self._stop = ActionButton("Stop", "stop_measuring", "Stops after the layer being measured.", parent=self)
        self._cancel = ActionButton("Cancel", "keep_layers", "Leaves the recorded layers as they are.", parent=self)
        self._use = ActionButton(
            "Use these",
            "use_layers",
            "Opens the classifier anew and records the ticked layers. Each gets a coefficient of its own.",
            primary=True,
            parent=self,
        )
        for button in (self._propose, self._measure, self._stop, self._cancel):
            button.setAutoDefault(False)
        give_mnemonics((self._propose, self._measure, self._stop, self._cancel, self._use))
        self._use.setDefault(True)

    def _tick(self, name: str, ticked: bool) -> None:
        if name != self._inputs:
            self._ticked = self._ticked | {name} if ticked else self._ticked - {name}
            self._show()

    def _on_propose(self) -> None:
        self._ticked = set(self._described.proposed)
        self._show()

    def _on_rejected(self) -> None:
        if self._state is LabState.WORKING:
            self.stop_requested.emit()

    def _on_use(self) -> None:
        self.accept()
        self.use_requested.emit(None if self._ticked == set(self._described.proposed) else self._chosen())

    def _chosen(self) -> tuple[str, ...]:
        return tuple(name for name in self.ticked() if name != self._inputs)

    def _show(self) -> None:
        rows = [
            _Row(layer, recorded, self._times.get(layer.name), layer.name in self._ticked, layer.name != self._inputs)
            for layer, recorded in zip(self._described.layers, self._described.recorded, strict=True)
        ]
        self._table.set_records(rows)
        ticked = [row for row in rows if row.ticked]
        reference_bytes = sum(row.recorded.reference_bytes for row in ticked)
        known = [row.milliseconds for row in ticked if row.milliseconds is not None]
        parts = [
            format_count(len(ticked), "layer"),
            f"all references {format_bytes(reference_bytes)}" if reference_bytes else "",
            f"{sum(known):.1f} ms a step" if len(known) == len(ticked) else "",
        ]
        self._sum.setText(" · ".join(filter(None, parts)))
        self._enable_buttons()

    def _enable_buttons(self) -> None:
        busy = why_not_now(self._state)
        are_in_use = self._ticked == set(self._classifier.recorded_layers)
        are_proposed = self._ticked == set(self._described.proposed)
        set_disabled_because(self._propose, "The proposed layers are ticked." if are_proposed else "")
        has_references = any(recorded.reference_bytes for recorded in self._described.recorded)
        set_disabled_because(self._measure, why_not_now(self._state, lacks_dataset=not has_references))
        set_disabled_because(self._stop, "" if self._state is LabState.WORKING else _NOT_MEASURING)
        unsaved = "" if self._classifier.path else _UNSAVED
        set_disabled_because(self._use, busy or unsaved or (_AS_THEY_ARE if are_in_use else ""))


def _shape(row: _Row) -> str:
    return " × ".join(map(str, row.layer.shape))


def _references(row: _Row) -> str:
    return format_bytes(row.recorded.reference_bytes) if row.recorded.reference_bytes else _UNKNOWN


_COLUMNS: tuple[Column[_Row], ...] = (
    Column(
        words="Layer",
        text=lambda row: row.layer.name,
        tip="Ticked layers are recorded. Space or a double click ticks the selected one.",
        of_words=True,
        widest="0" * 16,
        share=1,
        ticked=lambda row: row.ticked,
        may_tick=lambda row: row.may_tick,
        cell_tip=lambda row: paragraphs(row.layer.name),
    ),
    Column(
        words="Kind",
        text=lambda row: row.layer.kind,
        tip="The kind of layer or operation, as Keras calls it.",
        of_words=True,
        widest="GlobalAveragePooling2D",
    ),
    Column(words="Shape", text=_shape, tip="Of its output for one image.", widest="000 × 000 × 0000"),
    Column(
        words="References",
        text=_references,
        tip="The memory that the activations of all training images take in this layer.",
        widest="1,000.0 MB",
    ),
    Column(
        words="ms a step",
        text=lambda row: _UNKNOWN if row.milliseconds is None else f"{row.milliseconds:.1f}",
        tip="The milliseconds that this layer's costs add to a step of one label, where they were measured.",
        widest="ms a step",
    ),
)
