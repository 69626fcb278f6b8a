from __future__ import annotations

import pytest
from lab_jobs import LAYERS, only, perform

from fooler_gui.core import jobs
from fooler_gui.core.messages import LayersDescribed, LayerTimed, Message
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.lab import Lab

BESIDE = 36 * 4
"""Bytes of a reference in a layer beside its codes."""


def test_every_layer_that_can_be_recorded_is_described(ready: Lab) -> None:
    described = only(perform(ready, jobs.DescribeLayers()), LayersDescribed)
    assert [layer.name for layer in described.layers] == [
        "inputs", "conv0_filters", "conv0", "flatten", "fc", "fc_relu", "logits", "softmax",
    ]  # fmt: skip
    assert [facts.name for facts in described.recorded] == [layer.name for layer in described.layers]
    assert described.proposed == LAYERS
    kinds = {layer.name: (layer.kind, layer.shape, layer.parameters) for layer in described.layers}
    assert kinds["conv0"] == ("MaxPooling2D", (4, 4, 2), 0)
    assert kinds["fc"] == ("Dense", (5,), 32 * 5 + 5)
    images = len(ready.dataset.train_images)
    assert [facts.reference_bytes for facts in described.recorded[:3]] == [
        images * (64 + BESIDE), images * (128 * 2 + BESIDE), images * (32 * 2 + BESIDE),
    ]  # fmt: skip


def test_chosen_layers_are_measured_one_after_another_until_a_stop(ready: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fooler_gui.engine.cost.layer_times.TIMED_STEPS", 1)
    job = jobs.MeasureLayers(names=("flatten",))
    timed = [message for message in perform(ready, job) if isinstance(message, LayerTimed)]
    assert [message.name for message in timed] == ["inputs", "flatten"]
    assert all(message.milliseconds >= 0 for message in timed)

    def stop(message: Message, control: RunControl) -> None:
        if isinstance(message, LayerTimed):
            control.stop()

    assert len([message for message in perform(ready, job, then=stop) if isinstance(message, LayerTimed)]) == 1
    assert ready.classifier_info.recorded_layers == LAYERS
