"""Closer looks at one image: as it changes while a descent goes on, and once more when it rests."""

from __future__ import annotations

from fooler_gui.core import jobs
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Inspection, JobEnded, JobFailed, Message, Save
from fooler_gui.core.run_control import RunControl
from fooler_gui.session.latest_job import LatestJob
from fooler_gui.session.orders import Orders
from fooler_gui.session.signals import LabSignals
from fooler_gui.session.sitting import Sitting


class CloserLooks:
    """Remembers which slot is looked at, and asks the idle engine for it. Main thread only.

    Args:
        orders: To the engine.
        sitting: Has the run that is looked at.
        signals: Tell what was seen at rest.
    """

    def __init__(self, orders: Orders, sitting: Sitting, signals: LabSignals) -> None:
        self._orders = orders
        self._sitting = sitting
        self._signals = signals
        self._inspected: tuple[int, int] | None = None
        self._looked_back: Save | None = None
        self._wishes = LatestJob(orders.look)

    def inspect(self, label: int, slot: int) -> None:
        """Looks closer at a slot from now on."""
        self._inspected = label, slot
        if self._orders.descent_goes_on:
            self._orders.control.inspect(label, slot)
        else:
            self.look_at_rest()

    def look_back(self, save: Save | None) -> None:
        """Lets looks at rest be at `save`, an earlier one of the run; None is the latest again."""
        self._looked_back = save
        self.look_at_rest()

    def end(self) -> None:
        """Looks closer at nothing any more."""
        self._inspected = None
        self._orders.control.end_inspection()
        self._wishes.withdraw()

    def begin_in(self, control: RunControl) -> None:
        """Has the run that `control` will drive look at the slot from its first step on."""
        if self._inspected is not None:
            control.inspect(*self._inspected)

    def make_way(self) -> None:
        """Lets what is wished for at rest, and not begun, make way for an order."""
        self._wishes.withdraw()

    def look_at_rest(self) -> None:
        """Asks the idle engine for a look at the slot of the last run, if it has it."""
        sitting, inspected = self._sitting, self._inspected
        save = self._looked_back or sitting.save
        if self._orders.state is not LabState.READY or save is None or inspected is None:
            return
        label, slot = inspected
        if sitting.coefficients is not None and label in save.labels and 0 <= slot < save.images.shape[1]:
            self._wishes.ask(
                jobs.Inspect(
                    save=save, label=label, slot=slot, method=sitting.method, coefficients=sitting.coefficients
                )
            )

    def take(self, message: Message) -> None:
        """Tells what the engine answered to a look at rest."""
        match message:
            case Inspection() if not self._orders.descent_goes_on:
                self._signals.inspected.emit(message)
            case JobFailed(sentence=sentence, details=details):
                self._signals.failed.emit(sentence, details)
            case JobEnded():
                self._wishes.ended()
