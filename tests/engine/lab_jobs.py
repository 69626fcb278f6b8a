"""What tests of the lab share: a short run, and the one message of a kind."""

from __future__ import annotations

from typing import Any, TypeVar

from fooler_gui.core.messages import Message
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import DescentSettings, article_coefficients

LAYERS = ("inputs", "conv0", "fc")
"""The recorded layers of the tiny net."""

Kind = TypeVar("Kind")


def only(messages: list[Message], kind: type[Kind]) -> Kind:
    """Returns the one message of this kind."""
    (message,) = all_of(messages, kind)
    return message


def all_of(messages: list[Message], kind: type[Kind]) -> list[Kind]:
    """Returns every message of this kind."""
    return [message for message in messages if isinstance(message, kind)]


def spec(path: str, **changes: Any) -> RunSpec:
    """Returns four steps of three slots towards class 1 by the tiny net in the file at `path`, but for `changes`."""
    settings = {
        "labels": (1,),
        "slots": 3,
        "descent": DescentSettings(max_steps=4, min_probability=1.0, reinitialise_below=0.0),
        "coefficients": article_coefficients(LAYERS),
    } | changes
    return RunSpec(classifier=path, **settings)
