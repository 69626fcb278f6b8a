"""The sentence above the grid: what the net says of one image, and what is known beside that."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QFontInfo, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from fooler_gui.core.inspection import Opinion
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.net_words import net_sentence, opinion_sentence
from fooler_gui.core.save import Save
from fooler_gui.core.start_words import start_sentence
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.widgets.panel_layout import SPACING, column_of
from fooler_gui.widgets.theme import tabular_font

_LARGE = 1.7
"""The size of the sentence, over that of the window's font."""


class NetSentence(QWidget):
    """Shows two lines, the first in the largest type of the window; hidden at first. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = QLabel(self)
        self._sentence.setObjectName("net_sentence")
        self._sentence.setAccessibleName("What the net says")
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setFont(tabular_font(self._sentence.font()))
        self._beside = QLabel(self)
        self._beside.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._beside.setFont(tabular_font(self._beside.font()))
        self._beside.setObjectName("net_sentence_beside")
        self._pixels = [QFontInfo(label.font()).pixelSize() for label in (self._sentence, self._beside)]
        self.enlarge(1.0)
        for label in (self._sentence, self._beside):
            label.setWordWrap(False)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column_of(self._sentence, self._beside, on=self, gap=2, margins=(SPACING, SPACING // 2))
        self.hide()

    def enlarge(self, factor: float) -> None:
        """Writes both lines larger by `factor`; 1 is their usual size."""
        sizes = zip((self._sentence, self._beside), self._pixels, (_LARGE, 1.0), strict=True)
        for label, pixels, usual in sizes:
            font = label.font()
            font.setPixelSize(round(pixels * usual * factor))
            label.setFont(font)

    def set_words(self, sentence: str, beside: str) -> None:
        """Shows what the net says, and what is known beside that."""
        for label, words in ((self._sentence, sentence), (self._beside, beside)):
            label.setText(words)
            label.setToolTip(words)


class SentenceBinding(QObject):
    """Says what the net says of the selected image in the save on screen, or of the first one.

    Args:
        parent: Owner.
        model: The session's model.
        sentence: Shows it; hidden while there are no images.
    """

    def __init__(self, parent: QWidget, model: SessionModel, sentence: NetSentence) -> None:
        super().__init__(parent)
        self._model = model
        self._sentence = sentence
        bind(
            self.synchronise, model.run_changed, model.saves_changed, model.cursor_changed, model.selection_changed,
            model.opinions_changed, model.inspection_changed, model.working_changed,
        )  # fmt: skip

    @Slot()
    def synchronise(self) -> None:
        """Says it anew."""
        run, save = self._model.run, self._model.shown
        is_shown = run is not None and save is not None and not self._model.preparing
        self._sentence.setVisible(is_shown)
        if run is not None and save is not None and is_shown:
            label, slot = run.looked_at(save)
            names = run.classifier.class_names
            place = (save.labels.index(label), slot)
            start = start_sentence(run.spec, int(save.reinitialisations[place]))
            opinion = opinion_sentence(names, self._opinions(save, (label, slot)))
            self._sentence.set_words(net_sentence(names, save, place), " ".join(filter(None, (start, opinion))))

    def _opinions(self, save: Save, looked_at: tuple[int, int]) -> tuple[Opinion, ...]:
        """Returns the opinions on the image; until the idle engine gives them, those on its last save looked at."""
        inspection, known = self._model.inspection, self._model.opinions
        if inspection is not None and (inspection.label, inspection.slot, inspection.step) == (*looked_at, save.step):
            return inspection.opinions
        if known is None or (known.label, known.slot) != looked_at:
            return ()
        is_asked = self._model.state is LabState.READY
        return known.opinions if is_asked or known.is_on(save, looked_at) else ()
