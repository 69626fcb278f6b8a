"""The page of other nets: nets and images on the left, what the nets say of the images on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.messages import Working
from fooler_gui.core.transfer import TransferReport, transfer_sentence
from fooler_gui.features.other_nets.answers_table import AnswersTable
from fooler_gui.features.other_nets.image_list import RUN, Further, ImageList
from fooler_gui.features.other_nets.net_list import NetList
from fooler_gui.features.other_nets.transfer_matrix import TransferMatrix
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.export_button import ExportButton
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    VerticalScrollArea,
    column_of,
    fill,
    heading,
    margined,
    row_of,
)
from fooler_gui.widgets.progress_line import ProgressLine
from fooler_gui.widgets.tooltips import set_disabled_because

_CONTROLS_WIDTH = 320
_EXPLANATION = "Do images that fool one net fool others? Open other nets, choose images, and ask them all."
EXPORTS = {
    "matrix": "Matrix as CSV…",
    "answers": "Every image as CSV…",
    "report": "Matrix as JSON…",
    "picture": "Matrix as picture…",
}
"""The exports by name, with their titles."""


class OtherNetsPage(QWidget):
    """Nets, images and buttons on the left; the matrix and the answers on the right. Main thread only.

    Args:
        runs: The folder in which runs are recorded.
        parent: Owner.

    Signals:
        nets_requested: (tuple of str) Have exactly the nets in these files open beside the one in use.
        ask_requested: Ask the nets about the chosen images.
        stop_requested: Stop.
        export_requested: (str) Write this one of `EXPORTS` to a file.
    """

    nets_requested = Signal(object)
    ask_requested = Signal()
    stop_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, runs: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("other_nets_page")
        self._state = LabState.STARTING
        self._asked = False
        self._report: TransferReport | None = None
        self._nets, self._images = NetList(self), ImageList(runs, self)
        self._ask = ActionButton(
            "Ask",
            "ask_nets",
            "Asks the classifier in use and all nets that are open what they see in the images.",
            icon_name="run",
            primary=True,
            parent=self,
        )
        self._stop = ActionButton("Stop", "stop_asking", "Stop without a result.", icon_name="stop", parent=self)
        self._progress = ProgressLine("asking_progress", "Progress", self)
        self._who = heading("No classifier yet")
        self._who.setObjectName("asked_nets")
        self._who.setTextFormat(Qt.TextFormat.PlainText)
        self._notice = QuietLabel("", self)
        self._notice.setObjectName("other_nets_notice")
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._notice.hide()
        self._matrix, self._answers = TransferMatrix(self), AnswersTable(self)
        self._export = ExportButton("export_transfer", EXPORTS, self)
        self._lay_out()
        self._nets.nets_requested.connect(self.nets_requested)
        self._images.changed.connect(self._enable_controls)
        self._ask.clicked.connect(self.ask_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._export.export_requested.connect(self.export_requested)
        self._enable_controls()

    def nets(self) -> NetList:
        """Returns the list of nets."""
        return self._nets

    def images(self) -> ImageList:
        """Returns the list of images."""
        return self._images

    def report(self) -> TransferReport | None:
        """Returns the report on screen."""
        return self._report

    def add_run(self, folder: str) -> None:
        """Chooses the images of the run in `folder`, too, and asks the nets that are open, if any."""
        self._images.add([Further(RUN, folder)])
        self._ask_if_any()

    def ask_about_screen(self) -> None:
        """Chooses the images on screen, and asks the nets that are open, if any."""
        self._images.ask_about_screen()
        self._ask_if_any()

    def set_nets(self, present: ClassifierInfo | None, others: Sequence[ClassifierInfo]) -> None:
        """Shows the classifier in use and the nets that are open beside it."""
        self._nets.set_nets(others)
        more = f" and {len(others):,} other{'s' if len(others) > 1 else ''}" if others else ""
        self._who.setText(f"{present.name}, in use,{more}".rstrip(",") if present else "No classifier yet")

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        ended = self._asked and self._state is LabState.WORKING and state is not LabState.WORKING
        self._state = state
        if ended:
            self._asked = False
            if self._progress.is_running():
                self._progress.set_idle("")
        self._enable_controls()

    def start(self) -> None:
        """Shows that the nets are opened or asked."""
        self._asked = True
        self.set_notice("")
        self._progress.set_progress(None, "")
        self._enable_controls()

    def is_asked(self) -> bool:
        """Returns whether the nets are opened or asked at present."""
        return self._asked

    def set_working(self, working: Working) -> None:
        """Shows what is being done."""
        self._progress.set_progress(working.fraction, working.sentence)

    def set_notice(self, sentence: str) -> None:
        """Shows `sentence` above the views; "" hides it."""
        self._notice.setText(f"⚠ {sentence}" if sentence else "")
        self._notice.setVisible(bool(sentence))

    def show_report(self, report: TransferReport) -> None:
        """Shows what the nets said."""
        self._report = report
        self._matrix.set_report(report)
        self._answers.set_report(report)
        self._progress.set_idle(transfer_sentence(report))
        self._enable_controls()

    def _ask_if_any(self) -> None:
        if self._nets.paths():
            self._ask.click()

    def _lay_out(self) -> None:
        controls = QWidget(self)
        column_of(
            heading("Other nets"),
            QuietLabel(_EXPLANATION, controls),
            self._nets,
            SPACING // 2,
            heading("Images"),
            self._images,
            STRETCH,
            on=controls,
            margins=SPACING,
        )
        left = QWidget(self)
        left.setFixedWidth(_CONTROLS_WIDTH)
        actions = column_of(row_of(fill(self._ask), fill(self._stop)), self._progress, margins=SPACING)
        column_of(fill(VerticalScrollArea(controls, left)), actions, on=left, gap=0)
        tabs = QTabWidget(self)
        tabs.setObjectName("transfer_views")
        tabs.setDocumentMode(True)
        for view, title in ((self._matrix, "Matrix"), (self._answers, "Image by image")):
            tabs.addTab(margined(view, (0, SPACING, SPACING, SPACING)), title)
        top = row_of(fill(self._who), self._export, margins=(0, 0, SPACING, 0))
        row_of(left, fill(column_of(top, self._notice, fill(tabs), margins=(0, SPACING, 0, 0))), on=self)

    def _enable_controls(self) -> None:
        now = why_not_now(self._state)
        some = self._images.asks_about_screen() or bool(self._images.further())
        self._nets.set_why_not(now)
        set_disabled_because(self._ask, now or ("" if some else "Choose images first."))
        going = self._asked and self._state is LabState.WORKING
        set_disabled_because(self._stop, "" if going else "No nets are being asked.")
        set_disabled_because(self._export, "" if self._report is not None else "There are no answers yet.")
