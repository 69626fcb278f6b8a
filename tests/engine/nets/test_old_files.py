from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import classifier_files
import h5py
import keras
import numpy as np
import pytest
from keras_2_files import configuration_of, write_h5, write_keras
from own_classifiers import KINDS, Kind, graph, layers, nested
from tiny import noise
from weights_changes import linked, replaced

from fooler_gui.engine.nets import weights_file
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, describe, load_classifier
from fooler_gui.engine.nets.old_configuration import modern
from fooler_gui.engine.nets.wish import Wish

NAMES = [
    "dropout", "residual", "batch normalisation", "mobile", "separable", "LSTM", "nested", "transfer", "shared layer",
    "squeeze and excite", "arithmetic in the graph", "two classes", "logits", "PReLU", "flat",
]  # fmt: skip
SIGNED = pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")


def built(kind: Kind) -> keras.Model:
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    network = kind.build()
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(0.1, 0.5, weights.shape) for weights in network.get_weights()])
    return network


def check(kind: Kind, network: keras.Model, path: Path) -> None:
    images = noise((3, *kind.images))
    classifier, _ = load_classifier(path, Wish(image_shape=kind.images))
    expected = kind.output(network(kind.shown(images), training=False))
    np.testing.assert_allclose(classifier.probabilities(images), expected, rtol=0, atol=2e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_model_in_hdf5_of_keras_2_gives_the_same_probabilities(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    network = built(kind)
    check(kind, network, write_h5(tmp_path / "net.h5", network))


@pytest.mark.parametrize("name", ["residual", "transfer", "nested", "LSTM", "arithmetic in the graph"])
def test_a_keras_file_of_keras_2_gives_the_same_probabilities(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    network = built(kind)
    check(kind, network, write_keras(tmp_path / "net.keras", network))


@SIGNED
@pytest.mark.parametrize("name", ["dropout", "residual", "transfer", "nested", "LSTM", "vision transformer"])
def test_a_whole_model_in_hdf5_of_keras_3_gives_the_same_probabilities(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    network = built(kind)
    network.save(tmp_path / "net.h5")
    shutil.move(tmp_path / "net.h5", tmp_path / "net.keras")  # what it is called does not matter
    check(kind, network, tmp_path / "net.keras")


def test_a_first_layer_may_tell_the_shape_itself(tmp_path: Path) -> None:
    kind = KINDS["dropout"]
    network = built(kind)
    told = configuration_of(network)
    entry, first, *_ = told["config"]["layers"]
    first["config"]["batch_input_shape"] = entry["config"]["batch_input_shape"]
    del told["config"]["layers"][0]
    check(kind, network, write_h5(tmp_path / "net.h5", network, told))
    bare = told | {"config": told["config"]["layers"]}  # before Keras 2.2.3
    check(kind, network, write_h5(tmp_path / "bare.h5", network, bare))


def test_a_functional_net_was_once_called_a_model(tmp_path: Path) -> None:
    kind = KINDS["residual"]
    network = built(kind)
    check(kind, network, write_h5(tmp_path / "net.h5", network, configuration_of(network) | {"class_name": "Model"}))


def test_statistics_saved_in_the_order_of_the_layers_are_told_from_others(tmp_path: Path) -> None:
    """A frozen net within a net gives its weights layer by layer, another one first those that are trained."""
    kind = KINDS["grey to colours"]
    network = built(kind)
    network.get_layer("body").trainable = True
    path = write_h5(tmp_path / "net.h5", network)
    network.get_layer("body").trainable = False
    told = configuration_of(network)
    check(kind, network, write_h5(tmp_path / "frozen.h5", network, told))
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = json.dumps(told).encode()
    check(kind, network, path)


@pytest.mark.parametrize("name", ["residual", "transfer", "LSTM", "vision transformer"])
def test_what_has_the_form_of_keras_3_stays_as_it_is(name: str) -> None:
    network = built(KINDS[name])
    form = keras.saving.serialize_keras_object(network)
    again = keras.saving.deserialize_keras_object(modern(json.loads(json.dumps(form))))
    assert [layer.name for layer in again.layers] == [layer.name for layer in network.layers]
    assert again.count_params() == network.count_params()


# What is refused ----------------------------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    """Returns the sentence with which `path` is refused; it begins with the file's name."""
    sentence = classifier_files.refusal(path)
    assert sentence.startswith(f"{path.name} ")
    return sentence


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_h5(tmp_path_factory.mktemp("old") / "net.h5", built(KINDS["dropout"]))


def changed(good: Path, path: Path, change: Callable[[h5py.File], object]) -> Path:
    shutil.copyfile(good, path)
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def told(good: Path, path: Path, change: Callable[[Any], object]) -> Path:
    """Writes `good` to `path` with its configuration changed in place."""

    def tell(file: h5py.File) -> None:
        configuration = json.loads(file.attrs["model_config"])
        change(configuration["config"]["layers"])
        file.attrs["model_config"] = json.dumps(configuration).encode()

    return changed(good, path, tell)


KERNEL = "model_weights/conv2d/conv2d/kernel:0"


def told_as(group: str, attribute: str, value: Any) -> Callable[[h5py.File], object]:
    def change(file: h5py.File) -> None:
        file[group].attrs[attribute] = value

    return change


def nested_in(group: h5py.Group) -> None:
    for _ in range(300):
        group = group.create_group("a")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (replaced(KERNEL, shape=(64, 12_000_000), dtype="f4"), "it claims 3,072,"),
        (
            replaced(KERNEL, shape=(3, 3, 1, 3), dtype="f4", external=[("elsewhere", 0, 108)]),
            "must hold its weights as plain",
        ),
        (replaced(KERNEL, shape=(4,), dtype=h5py.string_dtype()), "must hold its weights as plain"),
        (replaced(KERNEL, shape=(3, 3, 1, 4), dtype="f4"), "its weights do not fit its net"),
        (replaced(KERNEL, data=np.full((3, 3, 1, 3), np.nan, "f4")), "finite numbers"),
        (linked(KERNEL, h5py.SoftLink("/model_weights")), "must hold its weights itself; model_weights/conv2d"),
        (linked(KERNEL, h5py.ExternalLink("elsewhere.h5", "/")), "must hold its weights itself; model_weights/conv2d"),
        (told_as("model_weights", "layer_names", []), "its weights do not fit its net"),
        (told_as("model_weights", "layer_names", ["no"] * 5), "its weights do not fit its net"),
        (told_as("model_weights", "layer_names", np.array([b"\xff"] * 3)), "do not fit its net"),
        (told_as("/", "model_config", b"{"), "nothing that Keras can build"),
        (told_as("/", "model_config", b"[]"), "nothing that Keras can build"),
        (told_as("/", "model_config", 3), "nothing that Keras can build"),
        (told_as("/", "model_config", 2**40), "nothing that Keras can build"),
        (told_as("model_weights", "layer_names", [2**40]), "its weights do not fit its net"),
        (told_as("/", "model_config", b"\xff"), "nothing that Keras can build"),
        (told_as("/", "model_config", b" " * (2**22 + 1)), "describe its net in at most 4,194,304"),
        (lambda file: nested_in(file["model_weights"]), "at most 100 within each other; it holds more"),
        (lambda file: file.attrs.pop("model_config"), "holds weights without a net"),
        (lambda file: file.pop("model_weights"), "its weights do not fit its net"),
    ],
)
def test_malformed_and_hostile_models_in_hdf5_are_refused(
    change: Callable[[h5py.File], object], sentence: str, good: Path, tmp_path: Path
) -> None:
    path = changed(good, tmp_path / "net.h5", change)
    assert sentence in refusal(path)


def lambda_layer(described: list[Any]) -> None:
    described.insert(1, {"class_name": "Lambda", "config": {"name": "x", "function": ["4wEAAA==", None, None]}})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda_layer, "holds code (Lambda)"),
        (lambda told: told[1].update(class_name="Mine"), "needs a Python class of its own (Mine)"),
        (lambda told: told[1].update(class_name="Custom>Mine"), "needs a Python class of its own (Custom>Mine)"),
        (lambda told: told[1].update(class_name="TFOpLambda", config={"function": "io.read_file", "name": "x"}),
         "needs a Python class of its own (TFOpLambda)"),
        (lambda told: told[1].update(class_name="QuantizeWrapperV2"), "made for quantised weights (QuantizeWrapperV2)"),
        (lambda told: told[1].update(class_name="StringLookup", module="keras.layers"), "keras.layers.StringLookup"),
        (lambda told: told[1]["config"].update(kernel_initializer={"class_name": "__lambda__", "config": {}}), "code"),
        (lambda told: told[1]["config"].update(filters=10**6), "must need at most 256 MiB"),
        (lambda told: told[-2]["config"].update(units=10**6), "must hold the weights of its net, at least"),
    ],
)  # fmt: skip
def test_models_in_hdf5_meet_the_same_checks(
    change: Callable[[Any], object], sentence: str, good: Path, tmp_path: Path
) -> None:
    assert sentence in refusal(told(good, tmp_path / "net.h5", change))


@pytest.mark.parametrize("limit", ["_MAXIMUM_NAMES", "_MAXIMUM_TEXT_BYTES"])
def test_more_names_than_fit_into_memory_are_refused_before_they_are_read(
    limit: str, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_file, limit, 3)
    assert "must name its layers and weights in short" in refusal(good)


def test_the_longest_text_of_a_file_is_known_before_any_is_read(good: Path, tmp_path: Path) -> None:
    content = changed(good, tmp_path / "long.h5", told_as("/", "note", "x" * 300_000)).read_bytes()
    assert 300_000 < weights_file._longest_text(content) < 310_000
    assert weights_file._longest_text(good.read_bytes()) < 100_000


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.9999])
def test_models_in_hdf5_that_were_cut_are_refused(share: float, good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    path = tmp_path / "cut.h5"
    path.write_bytes(content[: int(share * len(content))])
    assert "must be an intact .keras or .h5 file" in refusal(path)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_models_in_hdf5_are_refused_or_load_but_never_raise_anything_else(good: Path, tmp_path: Path) -> None:
    content, rng = good.read_bytes(), np.random.default_rng(1)
    path = tmp_path / "damaged.h5"
    refused = 0
    for _ in range(40):
        damaged = np.frombuffer(content, np.uint8).copy()
        damaged[rng.integers(0, len(damaged), 40)] = rng.integers(0, 256, 40)
        path.write_bytes(damaged.tobytes())
        try:
            load_classifier(path)
        except ClassifierFileError:
            refused += 1
    assert refused > 5


def test_a_file_too_large_to_be_read_is_refused_before_it_is_read(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "large.h5"
    shutil.copyfile(good, path)
    with path.open("r+b") as file:
        file.truncate(2**30 + 1)
    assert "must have at most 1,073,741,824 bytes; it has 1,073,741,825." in refusal(path)


def test_weights_alone_are_told_with_what_is_missing(tmp_path: Path) -> None:
    built(KINDS["dropout"]).save_weights(tmp_path / "net.weights.h5")
    assert "holds weights without a net; open the file that holds both" in refusal(tmp_path / "net.weights.h5")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_net_with_quantised_weights_is_refused(tmp_path: Path) -> None:
    network = graph(lambda images: layers.Flatten()(images))
    network.quantize("int8")
    network.save(tmp_path / "net.keras")
    assert "quantised" in refusal(tmp_path / "net.keras")


def test_names_of_classes_are_read_beside_the_file(tmp_path: Path) -> None:
    path = write_h5(tmp_path / "net.h5", built(KINDS["dropout"]))
    for text, names, told in (
        ("0 Cat\n1 Dog\n2 Great tit\n3 Ant\n", ("Cat", "Dog", "Great tit", "Ant"), ""),
        ("a\nb\n\nc\nd", ("a", "b", "c", "d"), ""),
        ("0 Cat\n1 Dog\n", ("0", "1", "2", "3"), "it must name 4 classes, as the classifier has; it names 2."),
        ("a\na\nb\nc\n", ("0", "1", "2", "3"), "it must name each class once; a is in it 2 times."),
        ("a\nb\nc\n\x07\n", ("a", "b", "c", "�"), ""),
    ):
        (tmp_path / "labels.txt").write_text(text, encoding="utf-8")
        classifier = load_classifier(path)[0]
        assert classifier.class_names == names
        sentence = f"labels.txt beside net.h5 is not used: {told}" if told else ""
        assert classifier.unused_names == sentence
        assert describe(classifier, path, None).adapted == (*classifier.adapted, *([sentence] if told else []))
        assert classifier.copy().unused_names == ""
    for hostile in (b"\xff\xfe\n", b"\0" * 99, b"a\n" * 2**20, b"9" * 5_000 + b" Cat\n", b"x\n" * 20_000):
        (tmp_path / "labels.txt").write_bytes(hostile)
        classifier = load_classifier(path)[0]
        assert classifier.class_names == ("0", "1", "2", "3")
        assert "not used: " in classifier.unused_names


def test_nested_nets_keep_their_places(tmp_path: Path) -> None:
    assert [layer["class_name"] for layer in modern(configuration_of(nested()))["config"]["layers"]] == [
        "InputLayer", "Sequential", "Flatten", "Dense", "Dense",
    ]  # fmt: skip
