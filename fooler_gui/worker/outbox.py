"""Messages on their way from the engine's thread to the window's: none is lost, and none queues up as an event."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from fooler_gui.core.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Envelope:
    """A message with the number of the order that it answers."""

    run_id: int
    message: Message


class Outbox:
    """Keeps messages until they are taken. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._envelopes: list[Envelope] = []

    def put(self, envelope: Envelope) -> bool:
        """Adds `envelope`; returns whether the box was empty, so that its reader has to be told."""
        with self._lock:
            self._envelopes.append(envelope)
            return len(self._envelopes) == 1

    def take(self) -> list[Envelope]:
        """Returns everything that came since the last call, the oldest first."""
        with self._lock:
            envelopes, self._envelopes = self._envelopes, []
            return envelopes
