"""Messages from the engine's thread to the window's: none is lost, and none queues up as an event.

An engine faster than its reader waits for room, so that neither memory nor the reader's next batch grows.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from fooler_gui.core.messages import Message
from fooler_gui.core.save import Save

ROOM = 64
"""A fifth of a second of the fastest run; the window shows as many in a few milliseconds."""

ROOM_BYTES = 2**27
"""The most bytes of images in waiting saves, apart from the last one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Envelope:
    """A message with the number of its task."""

    run_id: int
    message: Message


class Outbox:
    """Keeps messages until they are taken. Thread-safe.

    Args:
        room: How many messages may wait before the writer has to.
        room_bytes: How many bytes of images may.
    """

    def __init__(self, room: int = ROOM, room_bytes: int = ROOM_BYTES) -> None:
        self._condition = threading.Condition()
        self._room, self._room_bytes = room, room_bytes
        self._bytes = 0
        self._envelopes: list[Envelope] = []
        self._is_closed = False

    def put(self, envelope: Envelope) -> bool:
        """Adds `envelope` without waiting; returns whether the outbox was empty: then notify its reader."""
        with self._condition:
            self._envelopes.append(envelope)
            if isinstance(envelope.message, Save):
                self._bytes += envelope.message.images.nbytes
            return len(self._envelopes) == 1

    def wait_for_room(self) -> None:
        """Waits until there is room for another message, or the outbox is closed."""
        with self._condition:
            self._condition.wait_for(self._has_room)

    def take(self) -> list[Envelope]:
        """Returns the messages since the last call, oldest first."""
        with self._condition:
            envelopes, self._envelopes, self._bytes = self._envelopes, [], 0
            self._condition.notify_all()
            return envelopes

    def close(self) -> None:
        """Releases waiting writers; messages can still be taken."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    def _has_room(self) -> bool:
        return self._is_closed or (len(self._envelopes) < self._room and self._bytes < self._room_bytes)
