"""Makes a network's configuration one for any number of images, which the program changes step by step."""

from __future__ import annotations

from typing import Any

from fooler_gui.engine.nets.configuration_check import ClassifierFileError, input_layers

Shape = tuple[int, int, int]


def open_entry(configuration: Any, image_shape: Shape | None, name: str) -> tuple[str, ...]:
    """Changes the input layers of `configuration` in place: any number of images, of fractions, of a known size.

    Args:
        configuration: In the form of Keras 3, not yet checked.
        image_shape: (height, width, channels) of the images, for a network that takes any size; or None.
        name: The file's name for messages.

    Returns:
        What was changed, in sentences.

    Raises:
        ClassifierFileError: The network takes images of any size, and none is known.
    """
    told: list[str] = []
    _never_unroll(configuration)
    for place, settings in enumerate(input_layers(configuration)):
        if str(settings.get("dtype")).startswith(("int", "uint", "bool")):
            settings["dtype"] = "float32"  # which can change gradually
        shape = settings.get("batch_shape")
        if not isinstance(shape, list) or not shape:
            continue
        if shape[0] is not None:
            told.append(f"It takes any number of images at a time instead of {shape[0]}.")
            settings["batch_shape"] = shape = [None, *shape[1:]]
        if place == 0 and None in shape[1:]:
            settings["batch_shape"] = _sized(shape, image_shape, name)
            told.append("It takes images of any size, and gets them in their own.")
    return tuple(dict.fromkeys(told))


def _never_unroll(part: Any) -> None:
    """Makes recurrent layers in `part` loop, where a graph without loops would have a step for each place."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            for key in part.keys() & {"unroll", "stateful"}:
                part[key] = False
        if isinstance(part, dict | list):
            waiting.extend(part.values() if isinstance(part, dict) else part)


def _sized(shape: list[Any], image_shape: Shape | None, name: str) -> list[Any]:
    """Returns `shape` with the unknown sizes of `image_shape`."""
    if image_shape is None:
        raise ClassifierFileError(
            f"{name} takes images of any size; open it together with a dataset, whose size it then gets."
        )
    if len(shape) not in (3, 4):
        raise ClassifierFileError(f"{name} must take images; it takes arrays of shape {shape[1:]}.")
    return [None, *(own if own is not None else size for own, size in zip(shape[1:], image_shape, strict=False))]
