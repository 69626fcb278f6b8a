"""Measures what recorded layers cost in time."""

from __future__ import annotations

from collections.abc import Iterator

from fooler_gui.core.jobs import MeasureLayers
from fooler_gui.core.messages import LayerTimed, Message, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.cost.layer_times import milliseconds_of_layers
from fooler_gui.engine.nets.classifier import Classifier


def measure_layers(contents: LabContents, job: MeasureLayers, control: RunControl) -> Iterator[Message]:
    """Measures how much longer a step takes for each of the layers; a stop ends it before the next layer.

    Raises:
        LabError: There is no classifier or no dataset, or a layer cannot be recorded.
    """
    present = contents.require_present()
    contents.require_images("Measuring layers")
    present.forget_computed()
    classifier = Classifier(present.classifier.network, present.classifier.class_names, job.names)
    times = milliseconds_of_layers(classifier, contents.dataset.training_images_of(0))
    for index, name in enumerate(classifier.recorded_layers):
        yield Working(sentence=f"Measuring {name}", fraction=index / len(classifier.recorded_layers))
        if control.stop_requested:
            return
        _, milliseconds = next(times)
        yield LayerTimed(name=name, milliseconds=milliseconds)
