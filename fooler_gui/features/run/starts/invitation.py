"""What lies on the stage before anything ran: an invitation, and three pictures of what a run may start from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.mosaic import ByteArray
from fooler_gui.widgets.action_button import ActionButton
from fooler_gui.widgets.colours import INK
from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, column_of, row_of
from fooler_gui.widgets.picture_card import PictureCard
from fooler_gui.widgets.slot_images import image_from_array
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_LARGE = 1.7
_SIDES = (56, 144)
"""The least and the greatest side of a picture."""
_LINES = 4
"""Lines of usual text above and below the pictures."""
_PAD_SIDE, _PENCIL_SIDE = 144, 56
_CARDS = {
    "noise": ("Static", "Noise that shows nothing becomes the start of the next run"),
    "gallery": ("A test image", "Pick an image of the dataset: from this 7 to a 3, for example"),
    "drawing": ("Draw your own", "Draw with mouse or pen, and watch what the net sees in it"),
}
"""The text and the tip of each picture, by name."""


class Invitation(QWidget):
    """Invites to choose a start and to run. Main thread only.

    Args:
        stage: What it lies on, and what gets the focus after a choice, so that Space runs.

    Signals:
        noise_requested: Start from noise.
        gallery_requested: Pick an image of the dataset.
        drawing_requested: Draw an image.
        no_penalties_requested: Let the next run have no penalties.
    """

    noise_requested = Signal()
    gallery_requested = Signal()
    drawing_requested = Signal()
    no_penalties_requested = Signal()

    def __init__(self, stage: QAbstractScrollArea) -> None:
        super().__init__(stage.viewport())
        self._stage = stage
        self.setObjectName("invitation")
        self.setAccessibleName("Before the first run")
        self._words = _line("Make the net see what is not there.", self)
        font = self._words.font()
        font.setPointSizeF(font.pointSizeF() * _LARGE)
        self._words.setFont(font)
        choose = _line("Choose what to start from.", self)
        self._next = _line("", self)
        self._next.setObjectName("invitation_sentence")
        self._advice = _line("", self)
        self._advice.setObjectName("invitation_advice")
        self._drop_penalties = ActionButton(
            "Use no penalties",
            "invitation_no_penalties",
            "Sets the coefficients to the preset no penalties; this can be undone",
            parent=self,
        )
        self.cards = {
            name: PictureCard(text, f"invitation_{name}", paragraphs(tip), self) for name, (text, tip) in _CARDS.items()
        }
        column_of(
            STRETCH,
            self._words,
            choose,
            SPACING,
            row_of(STRETCH, *self.cards.values(), STRETCH, gap=2 * SPACING),
            SPACING,
            self._next,
            self._advice,
            row_of(STRETCH, self._drop_penalties, STRETCH),
            STRETCH,
            on=self,
            margins=2 * SPACING,
        )
        column_of(self, on=stage.viewport())
        requests = (self.noise_requested, self.gallery_requested, self.drawing_requested)
        for card, requested in zip(self.cards.values(), requests, strict=True):
            card.clicked.connect(stage.setFocus)
            card.clicked.connect(requested)
        self._drop_penalties.clicked.connect(stage.setFocus)
        self._drop_penalties.clicked.connect(self.no_penalties_requested)

    def sentence(self) -> str:
        """Returns the line below the pictures."""
        return self._next.text()

    def show_start(self, name: str, sentence: str, advice: str) -> None:
        """Outlines the picture called `name` ("" for none) as chosen, and says what comes next.

        Args:
            name: The picture's name.
            sentence: What comes next.
            advice: Why no penalties are offered; "" if they are not.
        """
        for card_name, card in self.cards.items():
            card.set_chosen(card_name == name)
        self._next.setText(sentence)
        self._advice.setText(advice)
        for part in (self._advice, self._drop_penalties):
            part.setVisible(bool(advice))
        self._fit_pictures()

    def show_pictures(self, noise: FloatArray | None, example: FloatArray | ByteArray | None, *, dark: bool) -> None:
        """Shows what can be chosen, as pictures.

        Args:
            noise: (H, W, C); None if not known yet.
            example: (H, W, C), an image of the dataset, if there is one.
            dark: Whether one draws on a dark ground.
        """
        for name, image in (("noise", noise), ("gallery", example)):
            self.cards[name].set_picture(QImage() if image is None else image_from_array(image))
        self.cards["drawing"].set_picture(_pad(dark))

    def show_own(self, name: str, image: FloatArray) -> None:
        """Shows `image` (H, W, C), which was made or picked, on the picture called `name`."""
        self.cards[name].set_picture(image_from_array(image))

    def set_gallery(self, text: str, reason: str) -> None:
        """Calls the images of the dataset `text`; they cannot be chosen because of `reason` unless that is ""."""
        card = self.cards["gallery"]
        card.set_words("Needs a dataset" if reason else text)
        set_disabled_because(card, reason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Makes the pictures as large as there is room."""
        super().resizeEvent(event)
        self._fit_pictures()

    def _fit_pictures(self) -> None:
        words = self._words.heightForWidth(self.width()) + _LINES * self.fontMetrics().height()
        if self._advice.text():
            words += self._advice.heightForWidth(self.width()) + self._drop_penalties.sizeHint().height() + SPACING
        across, down = (self.width() - 8 * SPACING) // 3 - SPACING, self.height() - words - 13 * SPACING
        for card in self.cards.values():
            card.set_side(max(_SIDES[0], min(across, down, _SIDES[1])))


def _line(text: str, parent: QWidget) -> QLabel:
    """Returns centred text that is legible on the stage's grey in both themes."""
    line = QLabel(text, parent)
    line.setAlignment(Qt.AlignmentFlag.AlignCenter)
    line.setWordWrap(True)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.WindowText, QColor(INK))
    line.setPalette(palette)
    line.setForegroundRole(QPalette.ColorRole.WindowText)
    return line


def _pad(dark: bool) -> QImage:
    """Returns a picture of a pencil on an empty pad."""
    ground, pencil = (QColor("black"), QColor("white")) if dark else (QColor("white"), QColor("black"))
    picture = QImage(2 * _PAD_SIDE, 2 * _PAD_SIDE, QImage.Format.Format_RGB32)
    picture.fill(ground)
    side, away = 2 * _PENCIL_SIDE, _PAD_SIDE - _PENCIL_SIDE
    with QPainter(picture) as painter:
        painter.drawPixmap(away, away, icon("draw", pencil, (side,)).pixmap(side, side))
    return picture
