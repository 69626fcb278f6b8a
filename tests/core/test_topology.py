from __future__ import annotations

import pytest

from fooler_gui.core.settings import SettingError
from fooler_gui.core.topology import Convolution, Dense, Topology


@pytest.mark.parametrize(
    ("text", "convolution"),
    [
        ("5x5x32", Convolution()),
        ("3x7x16", Convolution(kernel=(3, 7), filters=16)),
        ("3x3x16/1", Convolution(kernel=(3, 3), filters=16, pool=1)),
        ("5x5x32,valid", Convolution(padding="valid")),
        ("1x1x1/3,valid", Convolution(kernel=(1, 1), filters=1, pool=3, padding="valid")),
        ("3x3x32,batchnorm", Convolution(kernel=(3, 3), batch_norm=True)),
        ("5x5x32/1,valid,batchnorm,dropout=0.25", Convolution(pool=1, padding="valid", batch_norm=True, dropout=0.25)),
    ],
)
def test_a_convolution_is_read_from_its_text_and_written_as_it(text: str, convolution: Convolution) -> None:
    assert Convolution.parse(text) == convolution
    assert str(convolution) == text
    assert Convolution.parse(f"  {text} ") == convolution


def test_what_goes_without_saying_may_be_said() -> None:
    assert Convolution.parse("5x5x32/2,same") == Convolution()


@pytest.mark.parametrize(
    ("text", "dense"),
    [
        ("1024", Dense()),
        ("7,batchnorm", Dense(units=7, batch_norm=True)),
        ("7,dropout=0.5", Dense(units=7, dropout=0.5)),
    ],
)
def test_a_dense_layer_is_read_from_its_text_and_written_as_it(text: str, dense: Dense) -> None:
    assert Dense.parse(text) == dense
    assert str(dense) == text


@pytest.mark.parametrize(
    "text", ["", "wide", "7,same", "7,dropout", "7,dropout=", "7,dropout=a", "7,batchnorm,batchnorm"]
)
def test_texts_that_are_no_dense_layer_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(SettingError, match=r"A dense layer must be written UNITS .*; received "):
        Dense.parse(text)


def test_batch_normalisation_and_dropout_may_stand_in_any_order_but_once() -> None:
    assert str(Convolution.parse("3x3x8,dropout=0.5,batchnorm,valid")) == "3x3x8,valid,batchnorm,dropout=0.5"
    for twice in ("3x3x8,batchnorm,batchnorm", "3x3x8,same,valid", "3x3x8,dropout=0.1,dropout=0.2"):
        with pytest.raises(SettingError, match="must be written"):
            Convolution.parse(twice)


def test_dropout_of_everything_is_refused() -> None:
    for text in ("3x3x8,dropout=1", "3x3x8,dropout=-0.5"):
        with pytest.raises(SettingError, match=r"dropout must be a number from 0 to 0\.95; received "):
            Convolution.parse(text)


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
        Topology(convolutions=(Convolution(batch_norm=True),), dense=(7, Dense(units=5, dropout=0.5)), maps="average"),
    ],
)
def test_a_topology_comes_back_from_its_table(topology: Topology) -> None:
    assert Topology.from_dict(topology.to_dict()) == topology


def test_the_table_of_plain_layers_is_as_it_always_was() -> None:
    assert Topology().to_dict() == {"convolutions": ["5x5x32", "5x5x64"], "dense": [1024]}


def test_the_table_says_what_goes_beyond_plain_layers() -> None:
    topology = Topology(convolutions=(), dense=(7, Dense(units=5, batch_norm=True)), maps="average")
    assert topology.to_dict() == {"convolutions": [], "dense": [7, "5,batchnorm"], "maps": "average"}


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
        ({"maps": "sum"}, "maps must be one of flatten, average; received 'sum'"),
        ({"dense": [0]}, "dense units must be a whole number from 1 to 65536; received 0"),
        ({"dense": ["5"]}, "dense units must be a whole number"),
        ({"dense": [5] * 17}, "the number of dense layers must be a whole number from 0 to 16; received 17"),
        ({"convolutions": ["5x5x1"] * 17}, "the number of convolutions must be a whole number from 0 to 16"),
    ],
)
def test_tables_that_are_no_topology_are_refused_with_a_sentence(data: dict, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        Topology.from_dict(data)
