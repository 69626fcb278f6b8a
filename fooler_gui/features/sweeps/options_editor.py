"""How the cells of a sweep are done: by which workers, and which of their runs are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from fooler_gui.core.number_text import SIZE_FORM, read_size
from fooler_gui.core.processors import processors
from fooler_gui.features.sweeps.sweep_process import SweepOptions
from fooler_gui.features.sweeps.sweep_words import busy_words, cluster_words
from fooler_gui.sweeps.kept_runs import ALL, BEST, NONE
from fooler_gui.sweeps.sweep_spec import SweepError
from fooler_gui.widgets.number_fields import ChoiceBox, WholeSpinBox
from fooler_gui.widgets.panel_layout import STRETCH, QuietLabel, column_of, fill, row_of
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_MOST_WORKERS = 1_024
_LONGEST_ADDRESS, _LONGEST_SIZE = 300, 20
_KEEP = {ALL: "All runs", BEST: "Best runs", NONE: "No runs"}
_ON_CLUSTER = "The cluster's own workers do the cells."
_NONE_KEPT = "No runs are kept."
_WORKERS_TIP = "How many cells are done at a time, each by a process of its own. They share the processors."
_CLUSTER_TIPS = (
    "The workers of a Dask scheduler do the cells, on any machines: its address, such as tcp://192.168.0.5:8786. Left "
    "empty, this computer does them.",
    "Whoever reaches a scheduler can run any code on its workers; on a network that you do not trust, use TLS, with an "
    "address that begins with tls://, as the guide tells.",
)
_KEEP_TIPS = (
    "Which of the cells' runs are kept, with their images: all, of each setting the one that fools most, "
    "or none. Figures are always kept.",
    "With the best runs, one that was kept before goes as soon as there is a better one.",
)
_AT_MOST_TIP = (
    "How much all kept runs may take, such as 500MB or 2GB; left empty, any size. A run that no longer fits is not "
    "kept. Of the best runs, those of each setting come first, then the second best and so on, as far as they fit."
)


class OptionsEditor(QWidget):
    """Edits how cells are done. Main thread only.

    Signals:
        changed: Something was changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reason = ""
        self._workers = WholeSpinBox(1, _MOST_WORKERS, self)
        self._workers.setValue(max(1, processors() - 1))
        self._cluster, self._keep, self._at_most = QLineEdit(self), ChoiceBox(self), QLineEdit(self)
        for control, name, title, tips in (
            (self._workers, "sweep_workers", "Workers", (_WORKERS_TIP,)),
            (self._cluster, "sweep_cluster", "Cluster", _CLUSTER_TIPS),
            (self._keep, "sweep_keep", "Keep", _KEEP_TIPS),
            (self._at_most, "sweep_keep_at_most", "What all kept runs may take", (_AT_MOST_TIP,)),
        ):
            control.setObjectName(name)
            control.setAccessibleName(title)
            control.setToolTip(paragraphs(*tips))
        self._cluster.setPlaceholderText("none")
        self._cluster.setMaxLength(_LONGEST_ADDRESS)
        for keep, title in _KEEP.items():
            self._keep.addItem(title, keep)
        self._at_most.setPlaceholderText("any size")
        self._at_most.setMaxLength(_LONGEST_SIZE)
        self._busy = QuietLabel("", self)
        self._busy.setObjectName("sweep_busy")
        self._labels = {title: QLabel(title, self) for title in ("Workers", "Cluster", "Keep")}
        for label, field in zip(self._labels.values(), (self._workers, self._cluster, self._keep), strict=True):
            label.setBuddy(field)
            label.setMinimumWidth(self.label_width())
        column_of(
            row_of(self._labels["Workers"], self._workers, STRETCH),
            row_of(self._labels["Cluster"], fill(self._cluster)),
            self._busy,
            row_of(self._labels["Keep"], fill(self._keep), QLabel("up to", self), fill(self._at_most)),
            on=self,
        )
        self._show()
        self._workers.valueChanged.connect(self._on_changed)
        self._cluster.textChanged.connect(self._on_changed)
        self._keep.activated.connect(self._on_changed)
        self._at_most.textChanged.connect(self._on_changed)

    def label_width(self) -> int:
        """Returns the width of the widest label, for others above or below."""
        return max(label.sizeHint().width() for label in self._labels.values())

    def options(self) -> SweepOptions:
        """Returns how the cells are done.

        Raises:
            LabError: The size is none.
        """
        keep, at_most = str(self._keep.currentData()), self._at_most.text().strip()
        if keep == NONE:
            at_most = ""
        if at_most and read_size(at_most) is None:
            raise SweepError(f"What all kept runs may take must be {SIZE_FORM}; received {at_most}.")
        return SweepOptions(workers=self._workers.value(), cluster=self._address(), keep=keep, keep_at_most=at_most)

    def settings(self) -> dict[str, Any]:
        """Returns what is remembered: not what is kept, as a choice of long ago must not lose runs."""
        return {"workers": self._workers.value(), "cluster": self._address()}

    def set_settings(self, table: Mapping[str, Any]) -> None:
        """Shows the settings in `table`; bad ones keep their defaults."""
        workers, cluster = table.get("workers"), table.get("cluster")
        if isinstance(workers, int) and not isinstance(workers, bool) and 1 <= workers <= _MOST_WORKERS:
            self._workers.setValue(workers)
        if isinstance(cluster, str):
            self._cluster.setText(cluster)

    def set_disabled_because(self, reason: str) -> None:
        """Disables what cannot change while a sweep is in progress, with `reason` in tooltips; "" enables it again."""
        self._reason = reason
        self._show()

    def _address(self) -> str:
        return self._cluster.text().strip()

    def _on_changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        address = self._address()
        set_disabled_because(self._workers, self._reason or (_ON_CLUSTER if address else ""))
        for control in (self._cluster, self._keep):
            set_disabled_because(control, self._reason)
        none_kept = _NONE_KEPT if self._keep.currentData() == NONE else ""
        set_disabled_because(self._at_most, self._reason or none_kept)
        self._busy.setText(cluster_words(address) if address else busy_words(self._workers.value(), processors()))
