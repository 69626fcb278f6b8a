"""What a person does to slots of a run, to be undone and done again while the run goes on."""

from __future__ import annotations

from PySide6.QtGui import QUndoCommand

from fooler_gui.core.messages import Save
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel
from fooler_gui.session.run_view import RunView


class SlotCommand(QUndoCommand):
    """One action on a slot. Once its run is over it does nothing any more, and leaves the stack.

    Args:
        model: Knows whether the run goes on.
        controller: Hands actions to it.
        action: What is done.
        run: That it is done to, with at least one save.
    """

    def __init__(self, model: SessionModel, controller: Controller, action: SlotAction, run: RunView) -> None:
        super().__init__(_words(action))
        assert run.newest is not None, "a slot is seen before anything is done to it"
        self._model = model
        self._controller = controller
        self._run = run
        self._action = action
        self._inverse = _inverse(action, run.newest)

    def redo(self) -> None:
        """Asks the run for the action."""
        self._ask(self._action)

    def undo(self) -> None:
        """Asks the run for what undoes it: the image and the restarts that the slot had, or the pin that it had not."""
        self._ask(self._inverse)

    def _ask(self, action: SlotAction) -> None:
        if self._model.run_goes_on and self._model.coming is None and self._model.run is self._run:
            self._controller.act_on_slot(action)
        else:
            self.setObsolete(True)


def _inverse(action: SlotAction, save: Save) -> SlotAction:
    if isinstance(action, PinSlot):
        return PinSlot(label=action.label, slot=action.slot, pinned=not action.pinned)
    place = save.labels.index(action.label), action.slot
    return SetSlotImage(
        label=action.label, slot=action.slot, image=save.images[place], restarts=int(save.restarts[place])
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
