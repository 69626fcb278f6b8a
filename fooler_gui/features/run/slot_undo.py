"""Actions on slots of a run, with undo and redo during the run."""

from __future__ import annotations

from PySide6.QtGui import QUndoCommand

from fooler_gui.core.save import Save
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView


class SlotCommand(QUndoCommand):
    """One action on a slot. Once its run has ended it does nothing and leaves the stack.

    Args:
        model: Says whether the run is active.
        controller: Performs actions.
        action: The action.
        run: The run, with at least one save.
    """

    def __init__(self, model: SessionModel, controller: Controller, action: SlotAction, run: RunView) -> None:
        super().__init__(_words(action))
        assert run.newest is not None, "a slot is on screen before anything is done to it"
        self._model = model
        self._controller = controller
        self._run = run
        self._action = action
        self._inverse = _inverse(action, run.newest)

    def redo(self) -> None:
        """Performs the action."""
        self._ask(self._action)

    def undo(self) -> None:
        """Performs the inverse: restores the slot's image and reinitialisation count, or its pin."""
        self._ask(self._inverse)

    def _ask(self, action: SlotAction) -> None:
        if self._model.run_is_active and self._model.starting is None and self._model.run is self._run:
            self._controller.act_on_slot(action)
        else:
            self.setObsolete(True)


def _inverse(action: SlotAction, save: Save) -> SlotAction:
    if isinstance(action, PinSlot):
        return PinSlot(label=action.label, slot=action.slot, pinned=not action.pinned)
    place = save.labels.index(action.label), action.slot
    return SetSlotImage(
        label=action.label,
        slot=action.slot,
        image=save.images[place],
        reinitialisations=int(save.reinitialisations[place]),
    )


def _words(action: SlotAction) -> str:
    slot = f"slot {action.slot + 1}"
    match action:
        case PinSlot(pinned=pinned):
            return f"{'pinning' if pinned else 'unpinning'} {slot}"
        case ReinitialiseSlot():
            return f"reinitialising {slot}"
        case SetSlotImage():
            return f"another image in {slot}"
