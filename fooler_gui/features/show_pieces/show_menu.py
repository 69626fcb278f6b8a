"""The menu of show-pieces."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from fooler_gui.core.lab_state import why_not_now
from fooler_gui.features.show_pieces.catalogue import SHOW_PIECES
from fooler_gui.features.show_pieces.show_piece import scene_of, sentence_case
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.widgets.tooltips import REASON, paragraphs


class ShowMenu(QMenu):
    """Offers every show-piece. Main thread only.

    Signals:
        piece_requested: (ShowPiece) Start this one.
    """

    piece_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Show", parent)
        self.setObjectName("show_pieces_menu")
        self.setToolTipsVisible(True)
        self.pieces = {piece: self.addAction("") for piece in SHOW_PIECES}
        for piece, action in self.pieces.items():
            action.setObjectName(f"show_{piece.name}_action")
            action.triggered.connect(lambda _checked, piece=piece: self.piece_requested.emit(piece))


class ShowMenuBinding(QObject):
    """Names the show-pieces for the classes in use, and enables those that can be started now.

    Args:
        parent: Owner.
        model: The session's model.
        menu: Offers them.
    """

    def __init__(self, parent: QObject, model: SessionModel, menu: ShowMenu) -> None:
        super().__init__(parent)
        self._model = model
        self._menu = menu
        bind(self.synchronise, model.state_changed, model.classifier_changed, model.dataset_changed)

    @Slot()
    def synchronise(self) -> None:
        """Shows what can be started."""
        scene, now = scene_of(self._model), why_not_now(self._model.state)
        for piece, action in self._menu.pieces.items():
            action.setVisible(scene is not None)
            if scene is not None:
                reason = piece.why_not(scene) or now
                action.setText(sentence_case(piece.title(scene)).replace("&", "&&"))
                action.setToolTip(paragraphs(reason or piece.parts[0].caption(scene)))
                action.setProperty(REASON, reason)
                action.setEnabled(not reason)
        self._menu.setEnabled(scene is not None)
