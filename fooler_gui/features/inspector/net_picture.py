"""A picture of a net: its layers from the inputs down, of which the recorded ones stand out and can be chosen."""

from __future__ import annotations

import itertools
import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from fooler_gui.core.classifier_info import ClassifierInfo, LayerFacts
from fooler_gui.features.inspector.inside_words import between_words, shape_words
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of

_ROW, _BETWEEN = 30, 16
_SIGN_WIDTH = 44
"""Room for the sign of a layer at the left."""
_LEAST_SIDE, _GREATEST_SIDE = 7, 20
_CELLS = 7
_MOST_TOLD = 20
"""Of so many layers that are not recorded a tooltip tells each."""
_Role = QPalette.ColorRole


class NetPicture(QWidget):
    """Shows the layers of a net. Main thread only.

    Signals:
        layer_changed: (str) Another recorded layer was chosen, by a person or because the net has others.
    """

    layer_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("net_picture")
        self._info: ClassifierInfo | None = None
        self._wanted = ""
        self._group = QButtonGroup(self)
        self._rows = QWidget(self)
        self._layout: QVBoxLayout = column_of(self._rows, on=self, gap=0)

    def set_net(self, info: ClassifierInfo) -> None:
        """Shows the layers of the classifier that `info` describes; the chosen layer stays if it is recorded."""
        if self._info is not None and _layers_of(self._info) == _layers_of(info):
            return
        self._info = info
        self._layout.removeWidget(self._rows)
        self._rows.hide()
        self._rows.deleteLater()
        self._rows, self._group = QWidget(self), QButtonGroup(self)
        column_of(*self._made(info), on=self._rows, gap=0)
        self._layout.addWidget(self._rows)
        buttons = self._buttons()
        for name in (self._wanted, *list(buttons)[1:], *buttons):
            if name in buttons:
                buttons[name].setChecked(True)
                break
        self._group.buttonToggled.connect(self._on_toggled)
        self.layer_changed.emit(self.layer())

    def layer(self) -> str:
        """Returns the name of the chosen layer; "" before there is a net."""
        chosen = self._group.checkedButton()
        return chosen.layer.name if isinstance(chosen, _LayerButton) else ""

    def _on_toggled(self, button: QAbstractButton, checked: bool) -> None:
        if checked and isinstance(button, _LayerButton):
            self._wanted = button.layer.name
            self.layer_changed.emit(button.layer.name)

    def _buttons(self) -> dict[str, QAbstractButton]:
        """Returns the recorded layers' buttons by name, in order."""
        return {button.layer.name: button for button in self._group.buttons() if isinstance(button, _LayerButton)}

    def _made(self, info: ClassifierInfo) -> list[QWidget]:
        """Returns the rows of the layers of `info`, in order."""
        rows: list[QWidget] = []
        height = info.input_shape[0]
        for is_recorded, group in itertools.groupby(info.layers, lambda layer: layer.name in info.recorded_layers):
            layers = list(group)
            if is_recorded:
                for layer in layers:
                    if rows and isinstance(rows[-1], _LayerButton):
                        rows.append(_Between("", self._rows))
                    words = shape_words(layer, is_input=layer is info.layers[0])
                    button = _LayerButton(layer, words, height, self._rows)
                    self._group.addButton(button)
                    rows.append(button)
            else:
                told = [f"{layer.name}: {layer.kind}, {shape_words(layer)}" for layer in layers[:_MOST_TOLD]]
                whole = "\n".join(told + ["…"] * (len(layers) > _MOST_TOLD))
                rows += [_Between(words, self._rows, whole) for words in between_words(layers)]
        for row in rows[-1:]:
            if isinstance(row, _Between):
                row.is_last = True
        return rows


class _LayerButton(QAbstractButton):
    """A recorded layer: its sign, its name and its shape.

    Attributes:
        layer: The layer.
    """

    def __init__(self, layer: LayerFacts, words: str, input_height: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.layer = layer
        self._words = words
        self._input_height = input_height
        self.setObjectName(f"net_layer_{layer.name}")
        self.setAccessibleName(f"{layer.name}: {words}")
        self.setToolTip(f"{layer.name}: {words}. Shows what this layer makes of the image.")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Returns room for the sign, the name and the shape."""
        wide = self.fontMetrics().horizontalAdvance(self.layer.name + self._words)
        return QSize(_SIGN_WIDTH + wide + 4 * SPACING, max(_ROW, self.fontMetrics().height() + SPACING))

    def minimumSizeHint(self) -> QSize:
        """Returns room for the sign and a little text."""
        return QSize(_SIGN_WIDTH + 10 * SPACING, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the row."""
        palette, box = self.palette(), QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        ground = palette.color(_Role.Highlight if self.isChecked() else _Role.Base)
        ink = palette.color(_Role.HighlightedText if self.isChecked() else _Role.Text)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            is_lit = self.hasFocus() or self.underMouse()
            painter.setPen(QPen(ink if is_lit else palette.color(_Role.Mid), 2 if self.hasFocus() else 1))
            painter.setBrush(ground)
            painter.drawRoundedRect(box, 4, 4)
            _draw_sign(painter, self.layer.shape, self._input_height, box.center().y(), ink, ground)
            self._draw_text(painter, box.adjusted(_SIGN_WIDTH, 0, -SPACING, 0), ink)

    def _draw_text(self, painter: QPainter, box: QRectF, ink: QColor) -> None:
        painter.setPen(ink)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        words_width = painter.fontMetrics().horizontalAdvance(self._words)
        painter.drawText(box, right, self._words)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        room = int(box.width()) - words_width - SPACING
        name = QFontMetrics(font).elidedText(self.layer.name, Qt.TextElideMode.ElideMiddle, max(room, 0))
        painter.drawText(box, left, name)


class _Between(QuietLabel):
    """A layer that is not recorded, or several: a quiet line beside the arrow to the next one.

    Attributes:
        is_last: Whether there is no next one.
    """

    def __init__(self, words: str, parent: QWidget, tip: str = "") -> None:
        super().__init__(words, parent)
        self.is_last = False
        self.setWordWrap(False)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(tip)
        self.setContentsMargins(_SIGN_WIDTH, 0, SPACING, 0)
        self.setFixedHeight(max(_BETWEEN if words else _BETWEEN // 2, self.fontMetrics().height() if words else 0))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the arrow and the words."""
        super().paintEvent(event)
        middle, bottom = _SIGN_WIDTH / 2, self.height() / 2 if self.is_last else self.height()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colour = self.palette().color(_Role.PlaceholderText)
            painter.setPen(QPen(colour, 1))
            painter.drawLine(QPointF(middle, 0), QPointF(middle, bottom - 2))
            painter.setBrush(colour)
            tip = [QPointF(middle, bottom), QPointF(middle - 3, bottom - 4), QPointF(middle + 3, bottom - 4)]
            painter.drawPolygon(QPolygonF(tip))


def _layers_of(info: ClassifierInfo) -> tuple[object, ...]:
    return info.layers, info.recorded_layers, info.input_shape


def _draw_sign(
    painter: QPainter, shape: tuple[int, ...], input_height: int, middle: float, ink: QColor, ground: QColor
) -> None:
    """Draws sheets for maps, more and smaller ones as there are more and smaller maps, or cells for units."""
    painter.setPen(QPen(ink, 1))
    painter.setBrush(ground)
    if len(shape) != 3 or shape[:2] == (1, 1):
        cell = (_SIGN_WIDTH - 14) / _CELLS
        for place in range(_CELLS):
            painter.drawRect(QRectF(8.5 + place * cell, middle - cell, cell, 2 * cell))
        return
    share = math.sqrt(min(1.0, shape[0] / max(1, input_height)))
    side = max(_LEAST_SIDE, round(_GREATEST_SIDE * share))
    sheets = min(4, 1 + round(math.log2(shape[2]) / 2)) if shape[2] > 3 else 1
    whole = side + 3 * (sheets - 1)
    left, top = (_SIGN_WIDTH - whole) / 2, middle - whole / 2
    for back in range(sheets):
        offset = 3 * (sheets - 1 - back)
        painter.drawRect(QRectF(left + offset, top + 3 * back, side, side))
