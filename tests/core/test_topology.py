from __future__ import annotations

import pytest

from fooler_gui.core.settings import SettingError, TrainingSettings
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.core.training_presets import TRAINING_PRESETS


@pytest.mark.parametrize(
    ("text", "convolution"),
    [
        ("5x5x32", Convolution()),
        ("3x7x16", Convolution(kernel=(3, 7), filters=16)),
        ("3x3x16/1", Convolution(kernel=(3, 3), filters=16, pool=1)),
        ("5x5x32,valid", Convolution(padding="valid")),
        ("1x1x1/3,valid", Convolution(kernel=(1, 1), filters=1, pool=3, padding="valid")),
    ],
)
def test_a_convolution_is_read_from_its_text_and_written_as_it(text: str, convolution: Convolution) -> None:
    assert Convolution.parse(text) == convolution
    assert str(convolution) == text
    assert Convolution.parse(f"  {text} ") == convolution


def test_what_goes_without_saying_may_be_said() -> None:
    assert Convolution.parse("5x5x32/2,same") == Convolution()


@pytest.mark.parametrize(
    "text", ["", "5", "5x5", "5x5x", "5x5x32x2", "-5x5x32", "5x5x32/", "5x5x32,wide", "axbxc", "5×5×32"]
)
def test_texts_of_another_form_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(SettingError, match=r"must be written HEIGHTxWIDTHxFILTERS .*; received "):
        Convolution.parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0x5x32", "kernel height must be a whole number from 1 to 99; received 0."),
        ("5x100x32", "kernel width must be a whole number from 1 to 99; received 100."),
        ("5x5x0", "filters must be a whole number from 1 to 4096; received 0."),
        ("5x5x5000", "filters must be a whole number from 1 to 4096; received 5000."),
        ("5x5x32/17", "pool must be a whole number from 1 to 16; received 17."),
    ],
)
def test_numbers_out_of_range_are_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        Convolution.parse(text)
    assert str(caught.value) == sentence


def test_an_unknown_padding_is_refused() -> None:
    with pytest.raises(SettingError, match=r"padding must be one of same, valid; received 'full'\."):
        Convolution(padding="full")


@pytest.mark.parametrize(
    ("topology", "layers"),
    [
        (Topology(), ("inputs", "conv0", "conv1", "fc")),
        (Topology(convolutions=(), dense=()), ("inputs",)),
        (Topology(convolutions=(Convolution(),), dense=(3, 4)), ("inputs", "conv0", "fc0", "fc1")),
    ],
)
def test_recorded_layers_are_inputs_convolutions_and_dense_layers(topology: Topology, layers: tuple[str, ...]) -> None:
    assert topology.recorded_layers == layers


@pytest.mark.parametrize(
    "topology",
    [
        Topology(),
        Topology(convolutions=(), dense=()),
        Topology(convolutions=(Convolution(kernel=(3, 1), pool=1, padding="valid"),) * 3, dense=(7, 5)),
    ],
)
def test_a_topology_comes_back_from_its_table(topology: Topology) -> None:
    assert Topology.from_dict(topology.to_dict()) == topology


def test_a_topology_in_words() -> None:
    assert str(Topology()) == "conv 32 · conv 64 · dense 1024"
    assert str(Topology(convolutions=(), dense=())) == "softmax alone"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"convolutions": "5x5x32"}, "convolutions must be a list of texts"),
        ({"convolutions": [5]}, "convolutions must be a list of texts"),
        ({"convolutions": ["5x5"]}, "HEIGHTxWIDTHxFILTERS"),
        ({"dense": 5}, "dense must be a list of unit counts"),
        ({"dense": [0]}, "dense units must be a whole number from 1 to 65536; received 0"),
        ({"dense": ["5"]}, "dense units must be a whole number"),
        ({"dense": [5] * 17}, "the number of dense layers must be a whole number from 0 to 16; received 17"),
        ({"convolutions": ["5x5x1"] * 17}, "the number of convolutions must be a whole number from 0 to 16"),
    ],
)
def test_tables_that_are_no_topology_are_refused_with_a_sentence(data: dict, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        Topology.from_dict(data)


def test_the_articles_preset_is_the_2016_programs() -> None:
    preset = TRAINING_PRESETS["article"]
    assert preset.topology == Topology()
    assert preset.settings == TrainingSettings(steps=20_000, batch_size=50, learning_rate=1e-4, validation_images=5_000)
    assert TRAINING_PRESETS["quick"].settings.steps < preset.settings.steps
