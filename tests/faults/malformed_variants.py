"""Makes malformed and hostile files, from good ones or from scratch. All randomness comes from the given generator.

A hostile file that succeeds creates the file `CANARY` in its folder.
"""

from __future__ import annotations

import copy
import gzip
import io
import json
import os
import pickle
import random
import shutil
import sqlite3
import struct
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import tomli_w
from foreign_files import FOREIGN
from numpy.lib import format as npy
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fooler_gui.core.xmp import PACKET_BEGIN
from fooler_gui.exports.carried_text import KEYWORD, carried_text
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.record import SETTINGS_FILE

CANARY = "canary"
GOOD = "good"
"""The folder that holds the good files of all kinds."""

STRANGE: tuple[Any, ...] = (
    "", "x" * 5_000, "../../x", "\u202e\x07", 0, -1, 1, 2**31, 2**62, -(2**62), 0.0, -0.5, 1e308, float("inf"),
    float("nan"), True, [], [[]], [1] * 1_000, {}, {"a": {}}, [None], None,
)  # fmt: skip
Make = Callable[[random.Random, Path, Path], object]
"""Writes a variant of the good file or folder (second) to a path (third) that does not exist yet."""
_BOMB_BYTES = 3 * 2**29
_SPARSE_BYTES = 3 * 2**30


class _Touch:
    """Unpickled, it creates a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch '{self._path}'",)


# Of bytes -----------------------------------------------------------------------------------------------------------


def truncated(rng: random.Random, good: Path, path: Path) -> None:
    content = good.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content))])


def flipped(rng: random.Random, good: Path, path: Path) -> None:
    content = bytearray(good.read_bytes())
    for _ in range(rng.choice((1, 4, 40, 400))):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def overwritten(rng: random.Random, good: Path, path: Path) -> None:
    content = bytearray(good.read_bytes())
    start = rng.randrange(len(content))
    length = rng.randrange(1, 2_000)
    content[start : start + length] = rng.randbytes(length) if rng.random() < 0.5 else bytes(length)
    path.write_bytes(content)


def flipped_at_the_head(rng: random.Random, good: Path, path: Path) -> None:
    content = bytearray(good.read_bytes())
    for _ in range(rng.choice((1, 3))):
        content[rng.randrange(min(100, len(content)))] = rng.randrange(256)
    path.write_bytes(content)


def of_another_kind(rng: random.Random, good: Path, path: Path) -> None:
    root = next(folder for folder in good.parents if folder.name == GOOD)
    others = [entry for entry in root.rglob("*") if entry.is_file() and entry.suffix != good.suffix]
    shutil.copyfile(rng.choice(sorted(others)), path)


def of_nothing(rng: random.Random, _good: Path, path: Path) -> None:
    path.write_bytes(rng.choice((b"", b"\0" * 5_000, b"\xff" * 5_000, b"hello", rng.randbytes(3_000))))


def a_folder(_rng: random.Random, _good: Path, path: Path) -> None:
    path.mkdir()


def sparse(rng: random.Random, good: Path, path: Path) -> None:
    """Three sparse gigabytes: only zeros, or a good beginning and then zeros."""
    path.write_bytes(good.read_bytes() if rng.random() < 0.5 else b"")
    os.truncate(path, _SPARSE_BYTES)


def foreign(rng: random.Random, _good: Path, path: Path) -> None:
    """What people mistake for a file of the kind: pointers, web pages, formats of other programs."""
    content, _ = FOREIGN[rng.choice(sorted(FOREIGN))]
    path.write_bytes(content)


BYTES: tuple[Make, ...] = (
    truncated, truncated, flipped, flipped, overwritten, flipped_at_the_head, of_another_kind, of_nothing, a_folder,
    sparse, foreign, foreign,
)  # fmt: skip


# Of trees of values -------------------------------------------------------------------------------------------------


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in items:
        yield part, key
        yield from _places(value)


def made_strange(rng: random.Random, tree: Any, values: tuple[Any, ...] = STRANGE) -> Any:
    """Returns a copy of `tree` in which one to three entries are strange, missing or added."""
    changed = json.loads(json.dumps(tree))
    for _ in range(rng.choice((1, 1, 3))):
        holder, key = rng.choice(list(_places(changed)) or [(changed, None)])
        match rng.choice(("replace", "replace", "delete", "add")):
            case "delete" if key is not None:
                del holder[key]
            case "add" if isinstance(holder, dict):
                holder[rng.choice(("unknown", "", "a" * 300, "class_name"))] = copy.deepcopy(rng.choice(values))
            case _ if key is not None:
                holder[key] = copy.deepcopy(rng.choice(values))
    return changed


def strange_toml(rng: random.Random, good: Path, path: Path) -> None:
    tree = tomllib.loads(good.read_text(encoding="utf-8"))
    while True:
        try:
            path.write_text(tomli_w.dumps(made_strange(rng, tree)), encoding="utf-8")
        except TypeError:  # TOML has no null
            continue
        return


def strange_json(rng: random.Random, good: Path, path: Path) -> None:
    path.write_text(json.dumps(made_strange(rng, json.loads(good.read_text(encoding="utf-8")))), encoding="utf-8")


def hostile_toml(rng: random.Random, good: Path, path: Path) -> None:
    text = good.read_text(encoding="utf-8")
    path.write_bytes(
        rng.choice(
            (
                text.encode() + b"\na = " + b"[" * 100_000,
                text.encode() + b"\n[" + b"a." * 50_000 + b"a]\n",
                text.encode() + b"\na = " + b"9" * 6_000 + b"\n",
                text.encode() + b"\na = 0x" + b"f" * 6_000 + b"\n",
                text.encode() + b"\na = 1979-99-99\n",
                text.encode() + b"\n\xed\xa0\x80 = 1\n",
                text.encode() * 2,
                text.encode() + b"#" * 2_000_000,
                b"\xff\xfe" + text.encode("utf-16-le"),
                text.encode("utf-16-be"),
                b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
                b"\xef\xbb\xbf" + text.encode() + b"= = 1",
                b"a = {" + b"a = {" * 20_000,
            )
        )
    )


def hostile_json(rng: random.Random, good: Path, path: Path) -> None:
    path.write_bytes(
        rng.choice(
            (
                b"[" * 500_000,
                b'{"a":' * 300_000,
                b"9" * 6_000,
                b"NaN",
                b'"\\ud800"',
                b"null",
                b"[]",
                b"{}",
                b"{" * 3_000_000,
            )
        )
    )


# Archives -----------------------------------------------------------------------------------------------------------


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@cache
def _bomb() -> tuple[bytes, int]:
    """Returns zeros packed by deflate, and their checksum; they unpack to `_BOMB_BYTES`."""
    packer, block = zlib.compressobj(6, zlib.DEFLATED, -15), bytes(2**24)
    packed, checksum = io.BytesIO(), 0
    for _ in range(_BOMB_BYTES // len(block)):
        packed.write(packer.compress(block))
        checksum = zlib.crc32(block, checksum)
    packed.write(packer.flush())
    return packed.getvalue(), checksum


def _with_bomb(path: Path, members: dict[str, bytes], name: str, claimed: int) -> None:
    """Writes an archive whose member `name` unpacks to gigabytes and claims to unpack to `claimed` bytes."""
    packed, checksum = _bomb()
    archive_of(path, {key: value for key, value in members.items() if key != name})
    content = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
        count = len(archive.namelist())
    called = name.encode()
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, checksum, len(packed), claimed, len(called), 0)
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, checksum, len(packed), claimed, len(called), 0, 0, 0, 0, 0, start
    )
    directory = content[start : content.rindex(b"PK\5\6")] + central + called
    offset = start + len(local) + len(called) + len(packed)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count + 1, count + 1, len(directory), offset, 0)
    path.write_bytes(content[:start] + local + called + packed + directory + end)


def damaged_member(rng: random.Random, good: Path, path: Path) -> None:
    """Damages what a member holds; the archive around it is intact."""
    members = members_of(good)
    name = rng.choice(sorted(members))
    content = bytearray(members[name])
    if rng.random() < 0.3:
        content = content[: rng.randrange(len(content))]
    for _ in range(rng.choice((1, 20))):
        if content:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    archive_of(path, members | {name: bytes(content)})


def hostile_archive(rng: random.Random, good: Path, path: Path) -> None:
    """Names that lead elsewhere, members missing, twice, or packed in another way, and bombs."""
    members = members_of(good)
    name = rng.choice(sorted(members))
    outside = path.parent / CANARY
    match rng.randrange(7):
        case 0:
            strange = rng.choice((f"../{CANARY}", str(outside), f"..\\{CANARY}", f"a/../../{CANARY}", "x" * 3_000))
            archive_of(path, members | {strange: b"x"})
        case 1:
            archive_of(path, {key: value for key, value in members.items() if key != name})
        case 2:
            archive_of(path, members)
            with zipfile.ZipFile(path, "a") as archive, _quietly():
                archive.writestr(name, rng.randbytes(500))
        case 3:
            archive_of(path, members, rng.choice((zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2)))
        case 4:
            _with_bomb(path, members, name, _BOMB_BYTES)
        case 5:
            _with_bomb(path, members, name, len(members[name]))
        case _:
            with zipfile.ZipFile(path, "w") as archive:
                for key, value in members.items():
                    info = zipfile.ZipInfo(key)
                    info.external_attr = 0o120777 << 16  # a symbolic link
                    archive.writestr(info, value if key != name else str(outside))


def _quietly() -> Any:
    import warnings

    caught = warnings.catch_warnings()
    warnings.simplefilter("ignore")
    return caught


# Classifiers --------------------------------------------------------------------------------------------------------


def strange_configuration(rng: random.Random, good: Path, path: Path) -> None:
    members = members_of(good)
    tree = json.loads(members["config.json"])
    strange = (*STRANGE, "Lambda", "Dense", "Conv2D", "keras.layers", "os", [2**20, 2**20, 1], [None, 28, 28, 3])
    members["config.json"] = json.dumps(made_strange(rng, tree, strange)).encode()
    archive_of(path, members)


def hostile_classifier(rng: random.Random, good: Path, path: Path) -> None:
    """A net that would run code, or that is far too large."""
    members = members_of(good)
    tree = json.loads(members["config.json"])
    layers = tree["config"]["layers"]
    command = f"touch '{path.parent / CANARY}'"
    layer = rng.choice(layers[1:])
    match rng.randrange(8):
        case 0:
            _with_lambda(path, command)
            return
        case 1:
            layer |= {"module": "os", "class_name": "system", "config": command, "registered_name": None}
        case 2:
            layer |= {"module": "builtins", "class_name": rng.choice(("eval", "exec")), "registered_name": "eval"}
            layer["config"] = f"__import__('os').system({command!r})"
        case 3:
            layer["config"]["activation"] = {
                "module": "builtins",
                "class_name": "function",
                "config": rng.choice(("eval", "os.system")),
                "registered_name": "function",
            }
        case 4:
            layer["config"] |= {"filters": 2 ** rng.randrange(12, 40), "units": 2 ** rng.randrange(12, 40)}
        case 5:
            layers[0]["config"]["batch_shape"] = [None, 2 ** rng.randrange(11, 40), 2 ** rng.randrange(11, 40), 1]
        case 6:
            layers += [json.loads(json.dumps(layer)) for _ in range(rng.choice((1, 50, 20_000)))]
        case _:
            layer["config"]["kernel_initializer"] = {
                "module": "keras.layers",
                "class_name": "TFSMLayer",
                "config": {"filepath": str(path.parent)},
                "registered_name": None,
            }
    members["config.json"] = json.dumps(tree).encode()
    archive_of(path, members)


def _with_lambda(path: Path, command: str) -> None:
    net = keras.Sequential(
        [
            keras.layers.Input((28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
            keras.layers.Lambda(lambda signal: __import__("os").system(command) * 0 + signal),
            keras.layers.Softmax(),
        ]
    )
    with _quietly():
        net.save(path)
    (path.parent / CANARY).unlink()  # created by building it


def hostile_weights(rng: random.Random, good: Path, path: Path) -> None:
    """Weights that claim more than they hold, link to other files, or are not numbers."""
    members = members_of(good)
    held = io.BytesIO(members["model.weights.h5"])
    with h5py.File(held, "r+") as file:
        places: list[str] = []
        file.visititems(lambda name, entry: places.append(name) if isinstance(entry, h5py.Dataset) else None)
        place = rng.choice(places)
        shape, values = file[place].shape, file[place][...]
        del file[place]
        match rng.randrange(7):
            case 0:
                file.create_dataset(place, (2**34,), np.float32, chunks=(2**20,), compression="gzip")
            case 1:
                file[place] = h5py.ExternalLink("/etc/passwd", "/x")
            case 2:
                file[place] = h5py.SoftLink("/")
            case 3:
                file.create_dataset(place, shape, np.float32, external=[("/etc/passwd", 0, 2**20)])
            case 4:
                file[place] = np.full(shape, rng.choice((np.nan, np.inf, 3e38)), np.float32)
            case 5:
                file.create_dataset(place, data=[b"text"] * 3, dtype=h5py.string_dtype())
            case _:
                file[place] = values.reshape(-1)[: max(1, values.size // 2)]
    archive_of(path, members | {"model.weights.h5": held.getvalue()})


def hostile_model_in_hdf5(rng: random.Random, good: Path, path: Path) -> None:
    """A whole net in HDF5 with a strange configuration, code, names without end, or weights that lead elsewhere."""
    shutil.copyfile(good, path)
    with h5py.File(path, "r+", libver="latest") as file:
        tree = json.loads(file.attrs["model_config"])
        weights = file["model_weights"]
        match rng.randrange(7):
            case 0 | 1:
                strange = (*STRANGE, "Lambda", "Dense", "Model", "TFOpLambda", "os", [None, 28, 28, 3])
                tree = made_strange(rng, tree, strange)
            case 2:
                command = f"__import__('os').system({f'touch {path.parent / CANARY}'!r})"
                layer = {"class_name": "Lambda", "config": {"name": "code", "function": [command, None, None]}}
                tree["config"]["layers"].insert(1, layer)
            case 3:
                weights.attrs["layer_names"] = ["n" * 60_000] * rng.choice((3, 300))
            case 4:
                weights["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/x")
            case 5:
                weights.create_dataset("bomb", (2**34,), np.float32, chunks=(2**20,), compression="gzip")
            case _:
                del file["model_weights"]
        file.attrs["model_config"] = json.dumps(tree).encode()


MODELS_IN_HDF5: tuple[Make, ...] = (*BYTES, hostile_model_in_hdf5, hostile_model_in_hdf5, hostile_model_in_hdf5)
CLASSIFIERS: tuple[Make, ...] = (
    *BYTES, damaged_member, hostile_archive, strange_configuration, strange_configuration, strange_configuration,
    hostile_classifier, hostile_classifier, hostile_weights,
)  # fmt: skip


# Arrays -------------------------------------------------------------------------------------------------------------


def hostile_arrays(rng: random.Random, good: Path, path: Path) -> None:
    """Pickles, shapes beyond all memory, and invalid headers."""
    header = {"descr": "<f4", "fortran_order": False, "shape": (2, 28, 28)}
    member = io.BytesIO()
    match rng.randrange(8):
        case 0:
            array = np.array([_Touch(path.parent / CANARY)], object)
            npy.write_array(member, array, allow_pickle=True)
        case 1:
            member.write(pickle.dumps(_Touch(path.parent / CANARY)))
        case 2:
            shape = rng.choice(((2**40,), (2**62, 2**62), (2**31, 28, 28), (-1, 28, 28), (0, 28, 28), (1,) * 40))
            npy.write_array_header_1_0(member, header | {"shape": shape})
        case 3:
            npy.write_array_header_2_0(member, header)
        case 4:
            text = f"__import__('os').system(\"touch '{path.parent / CANARY}'\")"
            member.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode())
        case 5:
            member.write(b"\x93NUMPY\1\0\xff\xff" + b"(" * 65_535)
        case 6:
            kind = rng.choice(("<c16", "|S10", "<U10", "|V5", "<M8[s]", "<i8", "?", ">f8"))
            npy.write_array_header_1_0(member, header | {"descr": kind})
            member.write(bytes(2 * 28 * 28 * 16))
        case _:
            value = rng.choice((np.nan, np.inf, -np.inf, 1.5, -0.1))
            npy.write_array(member, np.full((2, 28, 28), value, np.float32))
    archive_of(path, members_of(good) | {"images.npy": member.getvalue()})


def strange_arrays(rng: random.Random, _good: Path, path: Path) -> None:
    """A lone array under another name, several, an .npy file, objects, rounding, and numbers of other kinds."""
    kind = rng.choice((np.uint8, np.int8, np.int16, np.bool_, np.float16, np.float64, np.complex64, object))
    value = rng.choice((1.0, 1 + 1e-7, 1 + 1e-5, -1e-7, float("nan"), 100.0))
    with np.errstate(invalid="ignore"):
        images = np.full((2, 28, 28), value).astype(kind)
    names = rng.choice((("arr_0",), ("x", "y"), ("images", "labels"), ("x_train", "x_test")))
    packed = io.BytesIO()
    if rng.random() < 0.3:
        np.save(packed, images, allow_pickle=True)
    else:
        np.savez(packed, **dict.fromkeys(names, images))
    path.write_bytes(packed.getvalue())


ARRAYS: tuple[Make, ...] = (
    *BYTES, damaged_member, hostile_archive, hostile_archive, hostile_arrays, hostile_arrays, strange_arrays,
    strange_arrays,
)  # fmt: skip


def hostile_idx(rng: random.Random, good: Path, path: Path) -> None:
    """Headers that lie, and gigabytes behind a few kilobytes."""
    images = rng.randbytes(5 * 28 * 28)
    sizes = [rng.choice((0, 1, 5, 28, 10_000, 2**31, 2**32 - 1)) for _ in range(3)]
    match rng.randrange(7):
        case 6:
            content = struct.pack(">4B3I", 0, 0, rng.choice((9, 11, 12, 13, 14)), 3, 5, 28, 28) + images * 8
        case 0:
            content = struct.pack(">4B3I", 0, 0, 8, 3, *sizes) + images
        case 1:
            content = struct.pack(">4B3I", 0, 0, 8, 3, rng.choice((6, 2**32 - 1)), 28, 28) + images
        case 2:
            content = struct.pack(">4B", 0, 0, rng.choice((8, 9, 13)), rng.choice((0, 1, 2, 5, 255))) + images
        case 3:
            content = gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 5, 28, 28) + images)[: rng.randrange(4, 200)]
        case 4:
            packed, checksum = _bomb()
            head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
            content = head + packed + struct.pack("<2L", checksum, _BOMB_BYTES % 2**32)
        case _:
            packed, _ = _bomb()
            # A good header as a first member of the packed file, the bomb as the second.
            content = (
                gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 2**32 - 1, 28, 28))
                + b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
                + packed
            )
    path.write_bytes(content)


IDX: tuple[Make, ...] = (*BYTES, hostile_idx, hostile_idx, hostile_idx, hostile_idx)
TOML: tuple[Make, ...] = (*BYTES, hostile_toml, hostile_toml, *(strange_toml,) * 5)


# Folders ------------------------------------------------------------------------------------------------------------


def inside(name: str, make: Make) -> Make:
    """Returns a function that copies a good folder with a variant of the file `name`."""

    def made(rng: random.Random, good: Path, path: Path) -> None:
        shutil.copytree(good, path)
        (path / name).unlink()
        make(rng, good / name, path / name)

    made.__name__ = f"{make.__name__} {name}"
    return made


def without_a_file(rng: random.Random, good: Path, path: Path) -> None:
    shutil.copytree(good, path)
    rng.choice(sorted(entry for entry in path.rglob("*") if entry.is_file())).unlink()


def linked_to_itself(rng: random.Random, good: Path, path: Path) -> None:
    shutil.copytree(good, path)
    chosen = rng.choice(sorted(entry for entry in path.rglob("*") if entry.is_file()))
    chosen.unlink()
    chosen.symlink_to(chosen)


_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
_STATEMENTS = (
    f"DROP TABLE saves; CREATE VIEW saves AS {_ENDLESS}SELECT i number, 0 step, 0.0 seconds, 0 revision, 1 kept, "
    "0.5 lowest, 0.5 mean, 0 restarts FROM n",
    f"DROP TABLE events; CREATE VIEW events AS {_ENDLESS}"
    "SELECT i number, 0 step, 'pin' kind, '' data, NULL image FROM n",
    "DROP TABLE records; CREATE VIEW records AS SELECT number, load_extension('/tmp/x') record FROM saves",
    "CREATE TRIGGER t AFTER INSERT ON saves BEGIN DELETE FROM records; END",
    "ALTER TABLE saves ADD COLUMN more TEXT",
    "DROP TABLE meta",
    "DELETE FROM meta",
    "DELETE FROM records",
    "DELETE FROM saves",
    "UPDATE records SET record = zeroblob(300000000) WHERE number = 1",
    "UPDATE records SET record = substr(record, 1, 100)",
    "UPDATE records SET record = CAST(record AS TEXT)",
    "UPDATE records SET record = randomblob(length(record))",
    "UPDATE saves SET step = 'x'",
    "UPDATE saves SET step = 9223372036854775807",
    "UPDATE saves SET seconds = 'x', revision = x'00'",
    "UPDATE saves SET lowest = 'x', mean = x'00'",
    "UPDATE saves SET restarts = 1e300",
    "UPDATE events SET data = '{'",
    f"UPDATE events SET data = '{'[' * 100_000}'",
    "UPDATE events SET data = x'ff'",
    "UPDATE events SET kind = 'image', image = x'00'",
    'UPDATE events SET kind = \'pin\', data = \'{"label": 1e99, "slot": [], "pinned": null}\'',
    "UPDATE events SET step = 'x'",
    "PRAGMA application_id = 0",
    "PRAGMA user_version = 99",
    "UPDATE meta SET value = '{}'",
    "UPDATE meta SET value = '[]'",
    "UPDATE meta SET value = zeroblob(200000000)",
    'UPDATE meta SET value = \'{"labels": [3], "slots": 4096000, "image_shape": [4096, 4096, 1], "layers": []}\'',
    'UPDATE meta SET value = \'{"labels": [3], "slots": 2, "image_shape": [28, 28, 1], "costs": [["batch"]]}\'',
    'UPDATE meta SET value = \'{"labels": [3], "slots": 2, "image_shape": [28, 28, 1], "costs": [["gone", "a"]]}\'',
    'UPDATE meta SET value = \'{"labels": [3], "slots": 2, "image_shape": [28, 28], "layers": ["a"]}\'',
    'UPDATE meta SET value = \'{"labels": [3, 3], "slots": true, "image_shape": [28, 28, 1], "layers": ["a"]}\'',
    "PRAGMA writable_schema = 1; UPDATE sqlite_master SET sql = 'x' WHERE name = 'saves'",
    "PRAGMA writable_schema = 1; UPDATE sqlite_master SET rootpage = 2",
    "PRAGMA journal_mode = DELETE; PRAGMA encoding = 'UTF-16'",
)


_TRAINING_STATEMENTS = (
    "UPDATE points SET loss = 'low'",
    "UPDATE points SET seconds = x'00', validation_accuracy = 'all'",
    "UPDATE points SET loss = 9e999, validation_accuracy = -7.0",
    "UPDATE images SET image = x'00'",
    "UPDATE images SET image = 'text' WHERE number = 1",
    "UPDATE images SET image = zeroblob(200000000) WHERE number = 0",
    "DELETE FROM meta",
    "UPDATE meta SET value = '[4096, 4096, 4096]'",
    "UPDATE meta SET value = '[28, 28, true]'",
    "UPDATE meta SET value = '" + "[" * 100_000 + "'",
    "CREATE TABLE more (a)",
    "DROP TABLE points; CREATE VIEW points AS WITH RECURSIVE n(step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM n) "
    "SELECT step, 1.0 AS seconds, 1.0 AS loss, NULL AS validation_accuracy FROM n",
    "CREATE TRIGGER t AFTER INSERT ON points BEGIN DELETE FROM images; END",
    "PRAGMA user_version = 7",
    "PRAGMA application_id = 7",
    "PRAGMA writable_schema = 1; UPDATE sqlite_master SET rootpage = 2",
)


def hostile_history(rng: random.Random, good: Path, path: Path) -> None:
    """Another schema, views that never end, triggers, values of another kind, records of another length."""
    _changed(good, path, rng.choice(_STATEMENTS))


def hostile_training_history(rng: random.Random, good: Path, path: Path) -> None:
    """As `hostile_history`, of a training."""
    _changed(good, path, rng.choice(_TRAINING_STATEMENTS))


def _changed(good: Path, path: Path, statements: str) -> None:
    shutil.copyfile(good, path)
    connection = sqlite3.connect(path)
    connection.executescript(statements)
    connection.commit()
    connection.close()


def beside_history(rng: random.Random, good: Path, path: Path) -> None:
    """A journal or a write-ahead log of nonsense beside an intact history."""
    shutil.copyfile(good, path)
    suffix = rng.choice(("-wal", "-journal", "-shm"))
    path.with_name(path.name + suffix).write_bytes(
        rng.choice((rng.randbytes(70_000), b"", bytes(40_000), b"\x37\x7f\x06\x82" + rng.randbytes(9_000)))
    )


RUNS: tuple[Make, ...] = (
    *(inside(SETTINGS_FILE, make) for make in TOML),
    *(inside(HISTORY_FILE, make) for make in (*BYTES, *(hostile_history,) * 12, *(beside_history,) * 3)),
    without_a_file,
    linked_to_itself,
    of_nothing,
)
ROUNDS: tuple[Make, ...] = (
    *(inside("rounds.toml", make) for make in TOML),
    *(inside("round-01/report.json", make) for make in (*BYTES, hostile_json, hostile_json, *(strange_json,) * 6)),
    *(inside(f"round-01/{HISTORY_FILE}", make) for make in (*BYTES, *(hostile_history,) * 12, *(beside_history,) * 3)),
    without_a_file,
    linked_to_itself,
    of_nothing,
)
TRAININGS: tuple[Make, ...] = (
    *(inside(SETTINGS_FILE, make) for make in TOML),
    *(inside(HISTORY_FILE, make) for make in (*BYTES, *(hostile_training_history,) * 12, *(beside_history,) * 3)),
    without_a_file,
    linked_to_itself,
    of_nothing,
)


# Pictures -----------------------------------------------------------------------------------------------------------


_LAUGHS = (
    f"""<!DOCTYPE s [<!ENTITY a0 'x'>{"".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))}]>"""
)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


def hostile_picture(rng: random.Random, good: Path, path: Path) -> None:
    """Pictures that unpack to gigabytes, claim any size, or are something else altogether."""
    signature = b"\x89PNG\r\n\x1a\n"
    match rng.randrange(6):
        case 0:
            width, height = rng.choice(
                ((2**31 - 1, 2**31 - 1), (60_000, 60_000), (0, 5), (7_000, 7_000), (2**31 - 1, 1))
            )
            head = _chunk(b"IHDR", struct.pack(">2L5B", width, height, rng.choice((1, 8, 16)), 6, 0, 0, 0))
            content = signature + head + _chunk(b"IDAT", zlib.compress(bytes(20_000))) + _chunk(b"IEND", b"")
        case 1:
            packed, checksum = _bomb()
            head = _chunk(b"IHDR", struct.pack(">2L5B", 28, 28, 8, 0, 0, 0, 0))
            text = b"Comment\0\0" + b"\x78\x9c" + packed + struct.pack(">L", checksum)
            content = signature + head + _chunk(b"zTXt", text) + _chunk(b"IDAT", zlib.compress(bytes(29 * 28)))
        case 2:
            link = f"<image href='file:///etc/passwd' width='9' height='9'/><script>{CANARY}</script>"
            content = f"<svg xmlns='http://www.w3.org/2000/svg' width='1e9' height='1e9'>{link}</svg>".encode()
        case 3:
            content = f"{_LAUGHS}<svg xmlns='http://www.w3.org/2000/svg'>&a11;</svg>".encode()
        case 4:
            content = b"GIF89a" + struct.pack("<2H3B", 65_535, 65_535, 0x80, 0, 0) + bytes(6) + rng.randbytes(400)
        case _:
            content = b"BM" + struct.pack(
                "<LHHLLllHHLLllLL", 99, 0, 0, 54, 40, 2**30, -(2**30), 1, 24, 0, 0, 0, 0, 0, 0
            )
    path.write_bytes(content)


def strange_picture(rng: random.Random, _good: Path, path: Path) -> None:
    """Other formats, modes and orientations, whole or in part."""
    exif = Image.Exif()
    exif[0x0112] = rng.choice((0, 1, 3, 6, 8, 9, 65_535))
    modes = {
        "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
        "JPEG": ("L", "RGB", "CMYK"),
        "WEBP": ("RGB", "RGBA"),
        "TIFF": ("1", "L", "I;16", "I", "F", "CMYK", "LAB"),
        "GIF": ("L", "P"),
        "BMP": ("1", "L", "RGB"),
    }
    form = rng.choice(sorted(modes))
    mode = rng.choice(modes[form])
    noise = np.frombuffer(rng.randbytes(40 * 40 * 3), np.uint8).reshape(40, 40, 3)
    match mode:
        case "I;16":
            made = Image.fromarray(noise[..., 0].astype(np.uint16) * 257)
        case "LAB":
            made = Image.new(mode, (40, 40))
        case _:
            made = Image.fromarray(noise).convert(mode)
    packed = io.BytesIO()
    made.save(packed, form, **({"exif": exif} if form in ("PNG", "JPEG", "WEBP", "TIFF") else {}))
    content = packed.getvalue()
    path.write_bytes(content[: rng.choice((len(content), rng.randrange(len(content))))])


PICTURES: tuple[Make, ...] = (*BYTES, *(hostile_picture,) * 6, *(strange_picture,) * 4)


# Datasets -----------------------------------------------------------------------------------------------------------

IDX_IMAGES, IDX_LABELS, TABLE = "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "table.csv"
CIFAR_BATCH = "data_batch_1.bin"


def hostile_rows(rng: random.Random, good: Path, path: Path) -> None:
    """Lines without end, far too many columns, numbers of every kind, and names that lead elsewhere."""
    lines = good.read_bytes().splitlines()
    strange = rng.choice(
        (b"1," * 2**21, b"9" * 5_000, b"nan", b"1e999", b"0x10", b'"', b"\0" * 50, b"\xff\xfe", b"../../etc/passwd,1",
         b"/dev/zero,2", b"," * 999, b"=cmd|' /C calc'!A0", b"1_0", b"\xe2\x88\x92 1")
    )  # fmt: skip
    lines.insert(rng.randrange(len(lines) + 1), strange)
    content = b"\n".join(lines)
    path.write_bytes(gzip.compress(content) if rng.random() < 0.3 else content)


def in_another_encoding(rng: random.Random, good: Path, path: Path) -> None:
    """A text as other programs save it, with an umlaut at its beginning or its end."""
    text = good.read_text(encoding="utf-8")
    path.write_bytes(rng.choice((f"Bär,{text}", f"{text}\nBär,1")).encode(rng.choice(("cp1252", "utf-16", "utf-32"))))


def hostile_cifar(rng: random.Random, good: Path, path: Path) -> None:
    """Records cut short, labels out of range, a million records, links that lead elsewhere."""
    content = good.read_bytes()
    match rng.randrange(5):
        case 0:
            path.write_bytes(content[: -rng.randrange(1, 3_073)])
        case 1:
            path.write_bytes(bytes([rng.choice((10, 99, 255))]) + content[1:])
        case 2:
            path.write_bytes(content)
            os.truncate(path, 3_073 * 2**20)
        case 3:
            path.symlink_to(rng.choice(("/dev/zero", "/etc/passwd", "/", str(path), "/nowhere")))
        case _:
            path.write_bytes(content + rng.randbytes(3_073))


ROWS: tuple[Make, ...] = (*BYTES, *(hostile_rows,) * 6, *(in_another_encoding,) * 2)
CIFAR_FOLDERS: tuple[Make, ...] = tuple(inside(CIFAR_BATCH, make) for make in (*BYTES, *(hostile_cifar,) * 6))
IDX_FOLDERS: tuple[Make, ...] = (
    *(inside(IDX_IMAGES, make) for make in IDX),
    *(inside(IDX_LABELS, make) for make in IDX),
    without_a_file,
    linked_to_itself,
)
PICTURE_FOLDERS: tuple[Make, ...] = (
    *(inside("0/000.png", make) for make in PICTURES),
    without_a_file,
    linked_to_itself,
)
TABLES: tuple[Make, ...] = (
    *(inside(TABLE, make) for make in ROWS),
    *(inside("000.png", make) for make in PICTURES),
    without_a_file,
    linked_to_itself,
)


def _strange_set_up(rng: random.Random, text: str) -> str:
    hostile = ("[" * 100_000, '{"a":' * 50_000, "9" * 6_000, "NaN", "null", "", "\0", "x" * 2_000_000)
    return json.dumps(made_strange(rng, json.loads(text))) if rng.random() < 0.8 else rng.choice(hostile)


def strange_provenance(rng: random.Random, good: Path, path: Path) -> None:
    """A picture's provenance made strange or hostile; the picture is intact."""
    with Image.open(good) as picture:
        texts, info = picture.text, PngInfo()
        for name, text in {**texts, KEYWORD: _strange_set_up(rng, texts[KEYWORD])}.items():
            info.add_itxt(name, text, zip=rng.random() < 0.2)
        picture.save(path, pnginfo=info)


PROVENANCES: tuple[Make, ...] = (*PICTURES, *(strange_provenance,) * 10)


def strange_drawing(rng: random.Random, good: Path, path: Path) -> None:
    """A drawing's provenance made strange or hostile; the drawing is intact."""
    text = carried_text(good)
    assert text is not None
    strange = escape(_strange_set_up(rng, text), quote=rng.random() < 0.5)
    path.write_bytes(good.read_bytes().replace(escape(text, quote=False).encode(), strange.encode()))


def hostile_drawing(rng: random.Random, good: Path, path: Path) -> None:
    """Entities that unpack to gigabytes or stand for other files, and markup without end."""
    content = good.read_bytes()
    root = b"<svg" if b"<svg" in content else b"<x:xmpmeta"
    before = rng.choice(
        (
            _LAUGHS.encode(),
            _LAUGHS.encode().replace(b"'x'", b"'" + b"x" * 50_000 + b"'"),
            b"<!DOCTYPE s [<!ENTITY a11 SYSTEM 'file:///etc/passwd'>]>",
            b"<!DOCTYPE s [<!ENTITY % p SYSTEM 'file:///dev/zero'>%p;]>",
            b"<!DOCTYPE s SYSTEM 'file:///dev/zero'>",
            b"<?xml version='1.0' encoding='utf-7'?>",
            b"<!--" * 500_000,
            b"<a>" * 1_000_000,
            b"<a " + b"a='' " * 500_000,
            b"<a b='" + b"x" * 5_000_000,
            b"<a" + b":a" * 500_000,
            PACKET_BEGIN * 1_000_000,
            rng.randbytes(300),
        )
    )
    path.write_bytes(content.replace(root, before + root, 1).replace(b'{"format"', b'&a11;{"format"'))


DRAWINGS: tuple[Make, ...] = (*PICTURES, *(hostile_drawing,) * 6, *(strange_drawing,) * 10)
