"""The button that shows what the next run starts from, and its menu of starts with pictures."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QProxyStyle, QStyle, QStyleOption, QToolButton, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.slot_images import image_from_array
from fooler_gui.widgets.tooltips import paragraphs, set_disabled_because

_SIDE, _MENU_SIDE = 20, 28
_TIP = (
    "What the next run starts from: noise, averages, or an image of something, which is then changed until the net "
    "takes it for the label."
)
_ICONS = {"drawing": "draw", "picture": "open", "images": "open", "paste": "copy"}
_OWN = {
    "gallery": ("&Image of the dataset…", "Pick a test image: from this 7 to a 3, for example"),
    "drawing": ("Your own &drawing…", "Draw with mouse or pen, and watch what the net sees in it"),
    "picture": ("Your own &picture…", "A picture file of any usual format, scaled to the net's input"),
    "images": (
        "Images of a &file…",
        "Images of yours or of other programs, such as ART, Foolbox and CleverHans: one for each slot, or one for all",
    ),
    "paste": ("P&aste a picture", "The picture on the clipboard, scaled to the net's input"),
}
"""The text and the tip of each image of something, by name."""


class StartButton(QToolButton):
    """Shows the start and opens the menu of starts. Main thread only.

    Signals:
        kind_requested: (str) A kind of images to start from.
        gallery_requested: Pick an image of the dataset.
        drawing_requested: Draw an image.
        picture_requested: Choose a picture file.
        images_requested: Choose a file of images.
        paste_requested: Take the picture on the clipboard.

    Attributes:
        own: The actions of images of something, by name: "gallery", "drawing", "picture", "images" and "paste".
        kinds: The actions of kinds of images, by the names that runs use.
    """

    kind_requested = Signal(str)
    gallery_requested = Signal()
    drawing_requested = Signal()
    picture_requested = Signal()
    images_requested = Signal()
    paste_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_button")
        self.setText("Start")
        self.setAccessibleName("Start")
        self.setToolTip(paragraphs(_TIP))
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        keep_space(self)
        menu = QMenu("Start", self)
        menu.setObjectName("start_menu")
        menu.setAccessibleName("Starts")
        menu.setToolTip(paragraphs(_TIP))
        menu.setToolTipsVisible(True)
        self._style = _LargeIcons()
        menu.setStyle(self._style)
        self.own = {name: _added(menu, name, text, tip) for name, (text, tip) in _OWN.items()}
        menu.addSeparator()
        group = QActionGroup(self)
        self.kinds: dict[str, QAction] = {}
        for name, kind in kinds_for(RUNS).items():
            action = self.kinds[name] = _added(menu, name.replace(" ", "_"), kind.title, kind.tip)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _checked, name=name: self.kind_requested.emit(name))
        self.own["gallery"].triggered.connect(self.gallery_requested)
        self.own["drawing"].triggered.connect(self.drawing_requested)
        self.own["picture"].triggered.connect(self.picture_requested)
        self.own["images"].triggered.connect(self.images_requested)
        self.own["paste"].triggered.connect(self.paste_requested)
        self._start_menu = menu
        self.setMenu(menu)

    def show_start(self, start: str, name: str, image: FloatArray | None) -> None:
        """Shows the start called `name`, with its first `image` (H, W, C) if it is known."""
        self.setAccessibleName(f"Start: {name}")
        self.setToolTip(paragraphs(f"Start: {name}.", _TIP))
        self.setIcon(QIcon() if image is None else picture_icon(image, _SIDE))
        for kind, action in self.kinds.items():
            action.setChecked(kind == start)
            font = action.font()
            font.setBold(kind == start)  # the frame that a style draws around its picture is hard to see
            action.setFont(font)

    def show_icons(self, example: FloatArray | None) -> None:
        """Shows the icons of images of something, in the palette's colours, and an `example` of the dataset's."""
        for name, file in _ICONS.items():
            self.own[name].setIcon(icon(file, self.palette()))
        self.own["gallery"].setIcon(QIcon() if example is None else picture_icon(example, _MENU_SIDE))

    def set_previews(self, previews: Mapping[str, FloatArray]) -> None:
        """Shows a picture (H, W, C) of each kind; one without a picture needs a dataset, and cannot be chosen."""
        for name, action in self.kinds.items():
            image = previews.get(name)
            action.setIcon(QIcon() if image is None else picture_icon(image, _MENU_SIDE))
            action.setEnabled(image is not None)
            tip = kinds_for(RUNS)[name].tip
            action.setToolTip(tip if image is not None else f"{tip} It needs a dataset, and none is in use.")

    def set_run_going(self, reason: str) -> None:
        """Disables the button for this reason, or enables it if it is ""."""
        set_disabled_because(self, reason)


class _LargeIcons(QProxyStyle):
    """The application's style, with icons in menus that are large enough for pictures."""

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        """Returns the metric; the size of a small icon is a picture's."""
        if metric is QStyle.PixelMetric.PM_SmallIconSize:
            return _MENU_SIDE
        return super().pixelMetric(metric, option, widget)


def picture_icon(image: FloatArray, side: int) -> QIcon:
    """Returns `image` (H, W, C) as an icon `side` pixels high, its pixels crisp if it is small."""
    picture = image_from_array(image)
    small = max(picture.width(), picture.height()) < 2 * side
    mode = Qt.TransformationMode.FastTransformation if small else Qt.TransformationMode.SmoothTransformation
    return QIcon(QPixmap.fromImage(picture.scaled(QSize(2, 2) * side, Qt.AspectRatioMode.KeepAspectRatio, mode)))


def _added(menu: QMenu, name: str, text: str, tip: str) -> QAction:
    action = menu.addAction(text)
    action.setObjectName(f"start_{name}_action")
    action.setToolTip(tip)
    return action
