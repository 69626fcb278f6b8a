from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
from classifier_files import (
    BAD_INPUT,
    HOSTILE,
    archive_of,
    chain,
    layer_called,
    members_of,
    refusal,
    saved_by_keras,
    with_configuration,
)
from foreign_files import FOREIGN
from tiny import noise
from weights_changes import linked, replaced

from fooler_gui.core.file_kind import FileKind
from fooler_gui.engine.nets import weights_file
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, load_classifier

layers = keras.layers


def layer_called_by_class(configuration: Any, kind: str) -> Any:
    return next(layer for layer in configuration["config"]["layers"] if layer["class_name"] == kind)


@pytest.mark.parametrize("name", ["net.KERAS", "net.h5", "net.zip", "net"])
def test_a_classifier_is_told_by_its_content_whatever_it_is_called(name: str, good: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(good.read_bytes())
    assert load_classifier(path)[1] == 0.875


@pytest.mark.parametrize("name", [name for name, (_, kind) in FOREIGN.items() if kind is not FileKind.UNKNOWN])
def test_what_is_no_keras_file_is_told_for_what_it_is(name: str, tmp_path: Path) -> None:
    content, kind = FOREIGN[name]
    path = tmp_path / "net.keras"
    path.write_bytes(content)
    what = {
        FileKind.KERAS: "must be an intact .keras or .h5 file; its config.json does not describe a net",
        FileKind.HDF5: "holds weights without a net; open the file that holds both",
    }.get(kind, f"must be an intact .keras or .h5 file; it is {kind.value}")
    assert refusal(path).startswith(f"net.keras {what}")


def test_folders_are_told_for_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "model.weights.h5").touch()
    assert "unpacked into a folder" in refusal(tmp_path)
    (tmp_path / "saved_model.pb").touch()
    assert "a SavedModel; it may hold code, so it is never opened" in refusal(tmp_path)


@pytest.mark.parametrize("member", ["config.json", "model.weights.h5"])
def test_a_member_that_is_missing_is_named(member: str, good: Path, tmp_path: Path) -> None:
    members = {name: content for name, content in members_of(good).items() if name != member}
    assert refusal(archive_of(tmp_path / "net.keras", members)) == (
        f"net.keras must be an intact .keras or .h5 file; it lacks {member}."
    )


def test_no_refusal_names_an_exception(good: Path, tmp_path: Path) -> None:
    for change in (lambda c: c.clear(), lambda c: c["config"].clear(), lambda c: c["config"].update(layers=3)):
        sentence = refusal(with_configuration(good, tmp_path / "net.keras", change))
        assert sentence == (
            "net.keras must be an intact .keras or .h5 file; its config.json does not describe a net that Keras can "
            "build."
        )
    members = members_of(good)
    sentence = refusal(archive_of(tmp_path / "net.keras", members | {"model.weights.h5": bytes(30_000)}))
    assert (
        sentence == "net.keras must be an intact .keras or .h5 file; its model.weights.h5 is not an intact HDF5 file."
    )


def test_weights_of_another_net_are_told(good: Path, tmp_path: Path) -> None:
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        file["layers/other/vars/0"] = np.zeros(5_000, np.float32)
    sentence = refusal(archive_of(tmp_path / "net.keras", members_of(good) | {"model.weights.h5": weights.getvalue()}))
    assert "its model.weights.h5 does not fit the net of its config.json" in sentence


def as_keras_2_writes(path: Path, network: keras.Model, version: str = "2.13.1") -> Path:
    """Writes a Sequential of plain layers in the form of Keras 2.13."""
    saved = members_of(saved_by_keras(path, network))
    configuration = json.loads(saved["config.json"])
    described, parts = configuration["config"]["layers"], []
    for layer in described:
        layer["config"].pop("optional", None)
        layer["config"].pop("ragged", None)
        if layer["class_name"] == "InputLayer":
            layer["config"]["batch_input_shape"] = layer["config"].pop("batch_shape")
        layer["config"]["dtype"] = "float32"
        parts.append({key: layer[key] for key in ("module", "class_name", "config", "registered_name")})
    config = {"name": "sequential", "layers": parts}
    form = {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}
    weights = io.BytesIO(saved["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        file.move("layers", "_layer_checkpoint_dependencies")
    return archive_of(
        path,
        {
            "metadata.json": json.dumps({"keras_version": version, "date_saved": "2023-07-01@09:00:00"}).encode(),
            "config.json": json.dumps(form).encode(),
            "model.weights.h5": weights.getvalue(),
        },
    )


def keras_2_net(*inner: keras.layers.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((8, 8, 1)), *inner, layers.Flatten(), layers.Dense(3, activation="softmax")])


def test_a_file_of_keras_2_that_keras_3_can_build_gives_the_same_probabilities(tmp_path: Path) -> None:
    network = keras_2_net(layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D())
    loaded, _ = load_classifier(as_keras_2_writes(tmp_path / "net.keras", network))
    images = noise((4, 8, 8, 1))
    np.testing.assert_allclose(loaded.probabilities(images), network(images).numpy(), rtol=1e-5)


def test_a_file_of_keras_2_that_keras_3_cannot_build_is_told_with_the_way_out(tmp_path: Path) -> None:
    path = as_keras_2_writes(tmp_path / "two.keras", keras_2_net(layers.Conv2D(2, 3)))
    members = members_of(path)
    configuration = json.loads(members["config.json"])
    configuration["config"]["layers"][-1]["config"]["units"] = "many"
    archive_of(path, members | {"config.json": json.dumps(configuration).encode()})
    assert refusal(path) == (
        "two.keras must be a .keras file that Keras 3 can load; it was made by Keras 2.13.1: load it with that, save "
        "it as .h5, load this with Keras 3 and save it as .keras."
    )


def test_a_version_that_is_none_is_not_repeated(tmp_path: Path) -> None:
    path = as_keras_2_writes(tmp_path / "two.keras", keras_2_net(), "2.13" + "x" * 900)
    sentence = refusal(with_configuration(path, path, lambda c: c["config"].clear()))
    assert "xxx" not in sentence


def test_a_layer_may_be_called_as_keras_calls_the_function_of_another(tmp_path: Path) -> None:
    keras.utils.clear_session()  # names are given from the first one on again
    network = keras_2_net(
        layers.Conv2D(2, 3, activation="relu"), layers.Conv2D(2, 3), layers.ReLU(name="re_lu"), layers.Dropout(0.5)
    )
    path = saved_by_keras(tmp_path / "net.keras", network)
    keras.utils.clear_session()
    images = noise((4, 8, 8, 1))
    loaded, _ = load_classifier(path)
    np.testing.assert_allclose(loaded.probabilities(images), network(images).numpy(), rtol=1e-5)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "none.keras")
    (tmp_path / "folder.keras").mkdir()
    assert "folder.keras" in refusal(tmp_path / "folder.keras")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.99, 0.9999])
def test_truncated_files_are_refused(share: float, good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    path = tmp_path / "cut.keras"
    path.write_bytes(content[: int(share * len(content))])
    assert "must be an intact .keras or .h5 file" in refusal(path)


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.keras"
    for start in (b"", b"PK\x03\x04"):
        path.write_bytes(start + np.random.default_rng(0).bytes(5000))
        assert "must be an intact .keras or .h5 file" in refusal(path)


@BAD_INPUT
def test_damaged_files_are_refused_or_load_but_never_raise_anything_else(good: Path, tmp_path: Path) -> None:
    content, rng = good.read_bytes(), np.random.default_rng(1)
    deflated = archive_of(tmp_path / "deflated.keras", members_of(good), zipfile.ZIP_DEFLATED).read_bytes()
    path = tmp_path / "damaged.keras"
    refused = 0
    for index in range(60):
        damaged = np.frombuffer(deflated if index % 2 else content, np.uint8).copy()
        # The directory at the end and the first headers are where damage does the oddest things.
        end = len(damaged) - rng.integers(1, 400, 6) if index % 3 else rng.integers(0, 3000, 6)
        damaged[end] = rng.integers(0, 256, 6)
        path.write_bytes(damaged.tobytes())
        try:
            load_classifier(path)
        except ClassifierFileError:
            refused += 1
    assert refused > 20


def test_a_corrupt_deflated_configuration_is_refused(good: Path, tmp_path: Path) -> None:
    path = archive_of(tmp_path / "deflated.keras", members_of(good), zipfile.ZIP_DEFLATED)
    assert load_classifier(path)[1] == 0.875
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("config.json").header_offset + 60
    content = bytearray(path.read_bytes())
    content[start : start + 100] = bytes(100)
    path.write_bytes(content)
    assert "must be an intact .keras or .h5 file" in refusal(path)


@pytest.mark.parametrize(
    "name", ["../../outside.txt", "/etc/outside", "assets/words.txt", "model.pkl", "__MACOSX/x", "config.json/../x"]
)
def test_archives_with_other_members_are_refused_and_nothing_is_unpacked(name: str, good: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    path = archive_of(folder / "net.keras", members_of(good) | {name: b"x"})
    assert "it holds" in refusal(path)
    assert [entry.name for entry in tmp_path.rglob("*")] == ["a", "b", "net.keras"]


def test_an_archive_that_claims_to_unpack_to_gigabytes_is_refused(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.keras"
    content = good.read_bytes()
    directory = io.BytesIO(content)
    with zipfile.ZipFile(directory, "a") as archive:
        archive.getinfo("model.weights.h5").file_size = 3 * 2**30
        archive.comment = b"x"  # so that the directory is written again
    path.write_bytes(directory.getvalue())
    assert "it holds one of 3,221,225,472 bytes" in refusal(path)


def test_an_archive_with_a_huge_configuration_is_refused(good: Path, tmp_path: Path) -> None:
    members = members_of(good) | {"config.json": b" " * (2**22 + 1)}
    path = archive_of(tmp_path / "bomb.keras", members, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    assert "must hold a config.json of 0 to 4,194,304 bytes" in refusal(path)


@pytest.mark.parametrize("missing", ["config.json", "model.weights.h5"])
def test_an_archive_without_a_needed_member_is_refused(missing: str, good: Path, tmp_path: Path) -> None:
    members = members_of(good)
    del members[missing]
    assert "must" in refusal(archive_of(tmp_path / "net.keras", members))


@pytest.mark.parametrize(
    "configuration",
    [b"", b"{", b"[]", b"5", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b"{}", b'{"class_name": "Functional"}'],
    ids=["empty", "cut", "list", "number", "null", "text", "no text", "deep", "bare", "without layers"],
)
def test_configurations_that_describe_no_net_are_refused(configuration: bytes, good: Path, tmp_path: Path) -> None:
    members = members_of(good) | {"config.json": configuration}
    assert "must be an intact .keras or .h5 file" in refusal(archive_of(tmp_path / "net.keras", members))


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("place", ["a layer", "an initialiser", "deep inside"])
def test_configurations_that_name_what_is_not_allowed_are_refused(
    kind: str, place: str, good: Path, tmp_path: Path
) -> None:
    def change(configuration: Any) -> None:
        dense = layer_called(configuration, "fc")
        if place == "a layer":
            dense.update(HOSTILE[kind])
        elif place == "an initialiser":
            dense["config"]["kernel_initializer"] = HOSTILE[kind]
        else:
            dense["config"]["unheard_of"] = [[{"x": [HOSTILE[kind]]}]]

    path = with_configuration(good, tmp_path / "net.keras", change)
    sentence = refusal(path)
    named = ("may only use Keras layers that make classes of images; it names", "holds code", "needs a Python class")
    assert any(reason in sentence for reason in named), sentence


@pytest.fixture
def nothing_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails a test in which a configuration is built other than as a mere plan, where weights are not made."""
    build = keras.saving.deserialize_keras_object

    def plan(*arguments: object, **options: object) -> object:
        assert not tf.executing_eagerly(), "its layers were made"
        return build(*arguments, **options)

    monkeypatch.setattr(keras.saving, "deserialize_keras_object", plan)


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize("units", [10**5, 10**9, 10**15])
def test_layers_that_claim_more_weights_than_the_file_holds_are_refused_before_they_are_made(
    units: int, good: Path, tmp_path: Path
) -> None:
    def change(configuration: Any) -> None:
        layer_called(configuration, "fc")["config"]["units"] = units
        layer_called(configuration, "logits")["build_config"] = {"input_shape": [None, units]}

    sentence = refusal(with_configuration(good, tmp_path / "net.keras", change))
    if units == 10**5:
        assert "must hold a model.weights.h5 of 7,200,046 to" in sentence  # two bytes a weight
    else:
        assert "must need at most 256 MiB" in sentence


@pytest.mark.usefixtures("nothing_made")
def test_layers_beside_the_chain_are_refused_before_their_weights_are_made(good: Path, tmp_path: Path) -> None:
    def change(configuration: Any) -> None:
        beside = copy.deepcopy(layer_called(configuration, "fc"))
        beside["name"] = beside["config"]["name"] = "beside"
        beside["config"]["units"] = 10**9
        configuration["config"]["layers"].append(beside)

    path = with_configuration(good, tmp_path / "net.keras", change)
    assert "must have no layers except those between images and probabilities; it has 1" in refusal(path)


def followed(*parts: keras.layers.Layer, shape: tuple[int, ...] = (8, 8, 1)) -> keras.Model:
    """Returns a functional net of `parts` with an output; nothing is computed, so that they may ask for anything."""
    signal = images = keras.Input(shape)
    for part in parts:
        signal = part(signal)
    signal = layers.Dense(3, activation="softmax")(layers.GlobalMaxPooling2D()(signal))
    return keras.Model(images, signal)


def attending(layer: keras.layers.Layer) -> keras.Model:
    """Returns a net in which each of 16,384 places looks at every other."""
    images = keras.Input((128, 128, 1))
    places = layers.Reshape((128 * 128, 1))(images)
    signal = layer(places, places) if isinstance(layer, layers.MultiHeadAttention) else layer([places, places])
    return keras.Model(images, layers.Dense(3, activation="softmax")(layers.GlobalMaxPooling1D()(signal)))


@pytest.mark.usefixtures("nothing_made")
def test_recurrent_layers_are_never_unrolled(tmp_path: Path) -> None:
    network = chain(layers.Reshape((64, 1)), layers.LSTM(2, unroll=True), layers.Dense(3, activation="softmax"))
    path = saved_by_keras(tmp_path / "net.keras", network)

    def longer(configuration: Any) -> None:
        shape = [None, 1024, 1024, 1]
        layer_called_by_class(configuration, "InputLayer")["config"]["batch_shape"] = shape
        layer_called_by_class(configuration, "Reshape")["config"]["target_shape"] = [2**20, 1]

    assert "must be an intact .keras" in refusal(with_configuration(path, path, longer))


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize(
    "network",
    [
        lambda: followed(layers.Conv2D(1, 3, strides=50_000), shape=(100_000, 100_000, 1)),
        lambda: followed(layers.ZeroPadding2D(40_000)),
        lambda: followed(*(layers.ZeroPadding2D(100) for _ in range(30))),
        lambda: followed(layers.Conv2D(1, 3, padding="same", dilation_rate=8_000)),
        lambda: followed(layers.MaxPooling2D(10**9, padding="same")),
        lambda: followed(layers.AveragePooling2D(10**9, padding="same")),
        lambda: attending(layers.MultiHeadAttention(8, 4)),
        lambda: attending(layers.Attention()),
    ],
    ids=["images", "one layer", "many layers", "dilation", "largest of a window", "mean of a window", "heads", "dots"],
)
def test_nets_that_need_gigabytes_for_one_image_are_refused_before_they_are_made(
    network: Callable[[], keras.Model], tmp_path: Path
) -> None:
    path = saved_by_keras(tmp_path / "net.keras", network())
    assert "must need at most 256 MiB for the activations of one image; it needs" in refusal(path)


@pytest.mark.usefixtures("nothing_made")
def test_a_layer_that_is_applied_again_and_again_counts_as_often(tmp_path: Path) -> None:
    shared = layers.ZeroPadding2D(1000)
    path = saved_by_keras(tmp_path / "net.keras", followed(*[shared] * 40))
    assert "must need at most 256 MiB for the activations of one image; it needs" in refusal(path)


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize("kind", ["functional", "sequential"])
def test_nets_within_nets_count_likewise(kind: str, tmp_path: Path) -> None:
    images = keras.Input((8, 8, 1))
    padding = layers.ZeroPadding2D(40_000)
    inner = keras.Model(images, padding(images)) if kind == "functional" else keras.Sequential([images, padding])
    path = saved_by_keras(tmp_path / "net.keras", followed(inner))
    assert "must need at most 256 MiB for the activations of one image; it needs" in refusal(path)


def nested(configuration: Any, times: int, depth: int) -> None:
    """Puts a net in front whose layer is used `times`, within as many nets as `depth`, each used as often."""
    relu = {"module": "keras.layers", "class_name": "ReLU", "config": {"name": "r"}, "registered_name": None}
    inner = relu | {"inbound_nodes": [{}] * times}
    for _ in range(depth):
        kept = {"module": "keras", "class_name": "Sequential", "registered_name": None, "inbound_nodes": [{}] * times}
        inner = kept | {"config": {"name": "s", "layers": [inner]}}
    configuration["config"]["layers"].insert(1, inner)


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize(("times", "depth"), [(1_200, 0), (35, 1), (11, 2), (4, 7)])
def test_nets_of_too_many_layers_are_refused_however_they_are_folded(
    times: int, depth: int, good: Path, tmp_path: Path
) -> None:
    path = with_configuration(good, tmp_path / "net.keras", lambda net: nested(net, times, depth))
    assert "must have at most 1,200 layers, each counted as often as it is used; it has more." in refusal(path)


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize("depth", [9, 90])
def test_nets_too_deep_within_each_other_are_refused(depth: int, good: Path, tmp_path: Path) -> None:
    path = with_configuration(good, tmp_path / "net.keras", lambda net: nested(net, 1, depth))
    assert "must have nets within nets at most 8 deep" in refusal(path)


@pytest.mark.usefixtures("nothing_made")
def test_layers_beside_the_graph_of_a_net_within_are_refused(tmp_path: Path) -> None:
    images = keras.Input((8, 8, 1))
    inner = keras.Model(images, layers.ReLU()(images), name="inner")
    path = saved_by_keras(tmp_path / "net.keras", followed(inner))

    def change(configuration: Any) -> None:
        dense = copy.deepcopy(configuration["config"]["layers"][-1])
        dense["name"] = dense["config"]["name"] = "beside"
        dense["config"]["units"] = 10**9
        dense["inbound_nodes"] = []
        layer_called(configuration, "inner")["config"]["layers"].append(dense)

    assert "must have no layers except those between images and probabilities; it has 1" in refusal(
        with_configuration(path, path, change)
    )


@pytest.mark.usefixtures("nothing_made")
def test_layers_within_layers_are_refused(good: Path, tmp_path: Path) -> None:
    def change(configuration: Any) -> None:
        dense = layer_called(configuration, "fc")
        dense["config"]["activation"] = copy.deepcopy(dense)

    assert "keras.layers.Dense, which is not allowed there" in refusal(
        with_configuration(good, tmp_path / "net.keras", change)
    )


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize("channels", [2, 4])
def test_images_that_are_neither_grey_nor_in_colour_are_refused(channels: int, tmp_path: Path) -> None:
    path = saved_by_keras(tmp_path / "net.keras", followed(shape=(8, 8, channels)))
    assert f"must take images of 1 or 3 channels; it takes {channels}" in refusal(path)


def with_weights(good: Path, path: Path, change: Callable[[h5py.File], object]) -> Path:
    """Writes `good` to `path` with its weights' file changed in place."""
    members = members_of(good)
    stream = io.BytesIO(members["model.weights.h5"])
    with h5py.File(stream, "r+") as file:
        change(file)
    members["model.weights.h5"] = stream.getvalue()
    return archive_of(path, members)


KERNEL = "layers/dense/vars/0"


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((64, 12), "f4")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "x", (64, 12))
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (replaced(KERNEL, shape=(64, 12_000_000), dtype="f4"), "it claims 3,072,0"),
        (replaced(KERNEL, shape=(2**32, 2**32), dtype="f4", chunks=(64, 64)), "it claims 73,786,976,294,838,2"),
        (replaced(KERNEL, shape=(64, 10**6), dtype="f4", compression="gzip"), "it claims 256,0"),
        (
            replaced(KERNEL, shape=(64, 12), dtype="f4", external=[("elsewhere", 0, 3072)]),
            "must hold its weights as plain",
        ),
        (replaced(KERNEL, shape=(4,), dtype=h5py.string_dtype()), "must hold its weights as plain"),
        (virtual, "must hold its weights as plain"),
        (linked(KERNEL, h5py.SoftLink("/layers")), "must hold its weights itself; layers/dense/vars/0 is a link"),
        (
            linked(KERNEL, h5py.ExternalLink("elsewhere.h5", "/")),
            "must hold its weights itself; layers/dense/vars/0 is a link",
        ),
    ],
    ids=["unstored", "overflowing", "packed", "external", "texts", "virtual", "soft link", "external link"],
)
def test_weights_that_claim_more_than_they_hold_or_lead_elsewhere_are_refused_before_they_are_read(
    change: Callable[[h5py.File], object],
    sentence: str,
    good: Path,
    tmp_path: Path,
) -> None:
    path = with_weights(good, tmp_path / "net.keras", change)
    assert path.stat().st_size < 100_000
    assert sentence in refusal(path)


def test_weights_within_each_other_without_end_are_refused_at_once(good: Path, tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        group = file["layers"]
        for _ in range(300):
            group = group.create_group("a")

    sentence = refusal(with_weights(good, tmp_path / "net.keras", change))
    assert "in at most 50,000 places, at most 100 within each other; it holds more." in sentence


def test_weights_in_too_many_places_are_refused(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_file, "_MAXIMUM_ENTRIES", 3)
    assert "in at most 3 places" in refusal(good)


def test_weights_that_contain_themselves_are_no_endless_search(good: Path, tmp_path: Path) -> None:
    def change(file: h5py.File) -> None:
        file["layers/dense/again"] = file["layers"]

    assert load_classifier(with_weights(good, tmp_path / "net.keras", change))[0].class_names[0] == "cat"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_packed_so_that_they_unpack_without_a_bound_are_refused(
    method: int, good: Path, tmp_path: Path
) -> None:
    path = archive_of(tmp_path / "net.keras", members_of(good), method)
    assert "must be an intact .keras or .h5 file" in refusal(path)
