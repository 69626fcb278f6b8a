"""The light and the dark theme: Fusion with our own palettes, following the system if wanted.

The palettes are our own because not every platform supports colour schemes.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QProxyStyle, QStyle, QStyleOption, QWidget

from fooler_gui.widgets.colours import SELECTED, SELECTED_ON_DARK

ThemeChoice = Literal["system", "light", "dark"]
THEME_CHOICES: tuple[ThemeChoice, ...] = ("system", "light", "dark")

_Role = QPalette.ColorRole
_FOLLOWER_NAME = "theme_follower"

_LIGHT = {
    _Role.Window: "#f2f2f2", _Role.WindowText: "#1b1b1b", _Role.Base: "#ffffff", _Role.AlternateBase: "#f5f5f5",
    _Role.Text: "#1b1b1b", _Role.Button: "#ececec", _Role.ButtonText: "#1b1b1b", _Role.BrightText: "#ffffff",
    _Role.PlaceholderText: "#696969", _Role.ToolTipBase: "#ffffff", _Role.ToolTipText: "#1b1b1b",
    _Role.Link: "#00609c", _Role.LinkVisited: "#6a3d9a", _Role.Highlight: SELECTED,
    _Role.HighlightedText: "#ffffff", _Role.Accent: SELECTED, _Role.Light: "#ffffff", _Role.Midlight: "#f8f8f8",
    _Role.Mid: "#c4c4c4", _Role.Dark: "#a0a0a0", _Role.Shadow: "#707070",
}  # fmt: skip
_DARK = {
    _Role.Window: "#2b2b2b", _Role.WindowText: "#e8e8e8", _Role.Base: "#1f1f1f", _Role.AlternateBase: "#272727",
    _Role.Text: "#e8e8e8", _Role.Button: "#3a3a3a", _Role.ButtonText: "#e8e8e8", _Role.BrightText: "#ffffff",
    _Role.PlaceholderText: "#a3a3a3", _Role.ToolTipBase: "#3a3a3a", _Role.ToolTipText: "#e8e8e8",
    _Role.Link: "#6cb6ee", _Role.LinkVisited: "#c3a5e6", _Role.Highlight: SELECTED,
    _Role.HighlightedText: "#ffffff", _Role.Accent: SELECTED, _Role.Light: "#4a4a4a", _Role.Midlight: "#424242",
    _Role.Mid: "#3f3f3f", _Role.Dark: "#1a1a1a", _Role.Shadow: "#0f0f0f",
}  # fmt: skip
_BOXES = ("QCheckBox", "QRadioButton")
_BOX_EDGE_ON_DARK, _DISABLED_BOX_EDGE_ON_DARK = "#e0e0e0", "#878787"
"""What Fusion makes the edge of boxes of, by a third darker; of the window's colour it would not be seen."""
_DISABLED_ROLES = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText)


def light_palette() -> QPalette:
    """Returns the colours of the light theme."""
    return _palette(_LIGHT, disabled_text="#9a9a9a", disabled_highlight="#c4c4c4")


def dark_palette() -> QPalette:
    """Returns the colours of the dark theme."""
    return _palette(_DARK, disabled_text="#7a7a7a", disabled_highlight="#4a4a4a")


def _palette(colours: dict[QPalette.ColorRole, str], *, disabled_text: str, disabled_highlight: str) -> QPalette:
    palette = QPalette()
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    for role in _DISABLED_ROLES:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(disabled_text))
    for role in (_Role.Highlight, _Role.Accent):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(disabled_highlight))
    return palette


class _PlainFusion(QProxyStyle):
    """Fusion without Qt's coloured pictures on the buttons of dialogs."""

    def __init__(self) -> None:
        super().__init__("fusion")

    def standardIcon(
        self, pixmap: QStyle.StandardPixmap, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> QIcon:
        """Returns Qt's icon, and none for the buttons of a dialog."""
        return QIcon() if isinstance(widget, QDialogButtonBox) else super().standardIcon(pixmap, option, widget)


class _SchemeFollower(QObject):
    """Gives the application the palette of the chosen theme, or of the system if that is chosen."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName(_FOLLOWER_NAME)
        self._app = app
        self._choice: ThemeChoice = "light"
        app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    def choose(self, choice: ThemeChoice) -> None:
        self._choice = choice
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        self._app.styleHints().setColorScheme(scheme.get(choice, Qt.ColorScheme.Unknown))
        if choice == "system":
            self._on_scheme_changed(self._app.styleHints().colorScheme())
        else:
            self._paint(is_dark=choice == "dark")

    @Slot(Qt.ColorScheme)
    def _on_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._paint(is_dark=scheme is Qt.ColorScheme.Dark)

    def _paint(self, *, is_dark: bool) -> None:
        palette = dark_palette() if is_dark else light_palette()
        self._app.setPalette(palette)
        if is_dark:
            palette.setColor(_Role.Window, QColor(_BOX_EDGE_ON_DARK))
            palette.setColor(QPalette.ColorGroup.Disabled, _Role.Window, QColor(_DISABLED_BOX_EDGE_ON_DARK))
        for name in _BOXES:
            self._app.setPalette(palette, name)  # type: ignore[arg-type]  # Qt wants text, its stub bytes


def apply_theme(app: QApplication, choice: ThemeChoice) -> None:
    """Applies Fusion style and the theme `choice` to the whole program. Main thread only.

    Args:
        app: The application.
        choice: "light", "dark", or "system", which follows the system; light if the system does not say.

    Raises:
        ValueError: `choice` is none of these.
    """
    if choice not in THEME_CHOICES:
        raise ValueError(f"The theme must be one of {', '.join(THEME_CHOICES)}; received {choice!r}.")
    if not isinstance(app.style(), _PlainFusion):
        app.setStyle(_PlainFusion())
    follower = app.findChild(_SchemeFollower, _FOLLOWER_NAME) or _SchemeFollower(app)
    follower.choose(choice)


def is_dark(app: QApplication) -> bool:
    """Returns whether the present theme is dark."""
    palette = app.palette()
    return palette.color(_Role.Window).lightness() < palette.color(_Role.WindowText).lightness()


def blue_on(palette: QPalette) -> QColor:
    """Returns the blue of thin lines and bars for `palette`."""
    return QColor(SELECTED_ON_DARK if palette.color(_Role.Base).lightnessF() < 0.5 else SELECTED)


def tabular_font(font: QFont) -> QFont:
    """Returns `font` with tabular figures, so that changing numbers do not jump."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular
