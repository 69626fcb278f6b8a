from __future__ import annotations

import json
import struct
import zlib

import pytest
from export_samples import ARTICLE, SHA256, export, make_spec
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fooler_gui import __version__
from fooler_gui.core.errors import LabError
from fooler_gui.exports.carried_text import KEYWORD, MOST_BYTES, exif_of
from fooler_gui.exports.provenance import make_provenance, picture_texts, read_provenance
from fooler_gui.exports.recorded_run import RecordedRun

CHANGE = "batch 2, learning rate 0.02"


@pytest.mark.parametrize("name", ["grid.png", "run.gif", "run.apng", "run.webp", "tiles"])
def test_every_picture_tells_how_it_was_made(run_folder, tmp_path, name):
    export(run_folder, tmp_path / name)
    path = tmp_path / name if "." in name else tmp_path / name / "label 7 slot 3.png"
    with RecordedRun(run_folder) as run:
        identity = run.record.id
    found = read_provenance(path)
    assert (found.run, found.classifier_sha256, found.program) == (identity, SHA256, __version__)
    assert found.spec.coefficients == ARTICLE
    assert (found.spec.rng_seed, found.spec.labels, found.spec.slots) == (11, (3, 7), 3)
    assert found.spec.descent == make_spec().descent
    assert found.spec.method == make_spec().method
    assert found.changes == ((4, CHANGE),)
    assert found.step == (None if name.startswith("run") else 6)


def test_folders_of_the_machine_are_not_told(run_folder, tmp_path):
    export(run_folder, tmp_path / "grid.png")
    assert read_provenance(tmp_path / "grid.png").spec.classifier == "article.keras"
    assert b"someone" not in (tmp_path / "grid.png").read_bytes()


def test_a_picture_of_an_early_save_tells_only_of_changes_until_then(run_folder, tmp_path):
    export(run_folder, tmp_path / "early.png", 3)
    export(run_folder, tmp_path / "late.png", 4)
    early, late = (read_provenance(tmp_path / f"{name}.png") for name in ("early", "late"))
    assert (early.step, early.changes) == (3, ())
    assert (late.step, late.changes) == (4, ((4, CHANGE),))


def test_a_person_can_read_the_texts_too(run_folder, tmp_path):
    export(run_folder, tmp_path / "grid.png")
    with Image.open(tmp_path / "grid.png") as picture:
        texts = picture.text
    assert texts["Software"] == f"Fooler {__version__}"
    assert texts["Classifier SHA-256"] == SHA256
    assert texts["Random seed"] == "11"
    assert texts["Labels"] == "3, 7"
    assert texts["Coefficients"].startswith("misclassification_coeff = 10, reference_cost_coeff = 0.5")
    assert texts["Coefficient changes"] == f"step 4: {CHANGE}"


def write_picture(path, text, keyword=KEYWORD):
    texts = PngInfo()
    texts.add_itxt(keyword, text)
    Image.new("L", (1, 1)).save(path, pnginfo=texts)
    return path


def altered(**changes):
    data = json.loads(make_provenance("id", make_spec(), SHA256, 6).to_text())
    run = {name.removeprefix("run_"): value for name, value in changes.items() if name.startswith("run_")}
    data["run"] |= run
    return json.dumps(data | {name: value for name, value in changes.items() if not name.startswith("run_")})


HOSTILE = {
    "no json": "{",
    "nothing": "",
    "a list": "[]",
    "a number": "7",
    "another format": altered(format=2),
    "deep": "[" * 100_000,
    "deep inside": altered(changes=0).replace('"changes": 0', '"changes": ' + "[" * 100_000),
    "not a number": altered(run_rng_seed=0).replace('"rng_seed": 0', '"rng_seed": NaN'),
    "infinite": altered(run_slots=1).replace('"slots": 1', '"slots": Infinity'),
    "a huge number": altered(run_rng_seed=0).replace('"rng_seed": 0', '"rng_seed": ' + "9" * 4_000),
    "a huge label": altered(run_labels=[10**30]),
    "too many slots": altered(run_slots=10**6),
    "no labels": altered(run_labels=[]),
    "labels of text": altered(run_labels="37"),
    "an unknown setting": altered(run_descent={"trap": 1}),
    "no coefficients": altered(run_coefficients=None),
    "coefficients of text": altered(run_coefficients={"layer_cost_coeffs": {"fc": "1"}}),
    "layers in a list": altered(run_coefficients={"layer_cost_coeffs": ["fc"]}),
    "a part too many": altered(run_trap=1),
    "no run": altered(run=None),
    "a step of text": altered(step="6"),
    "a step before the first": altered(step=-1),
    "an id of numbers": altered(id=6),
    "changes of text": altered(changes="abc"),
    "half a change": altered(changes=[[1]]),
    "a change without a step": altered(changes=[["1", "fc 1"]]),
    "many changes": altered(changes=[[1, "fc 1"]] * 201),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_set_up_is_refused_in_one_sentence(tmp_path, case):
    path = write_picture(tmp_path / "hostile.png", HOSTILE[case])
    with pytest.raises(LabError, match=r"^What hostile\.png tells of its run cannot be used: ") as caught:
        read_provenance(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert len(sentence) < 400
    assert "\n" not in sentence


def test_a_file_that_carries_nothing_is_refused_in_one_sentence(tmp_path):
    text = altered()
    cases = {
        "empty.png": b"",
        "text.txt": b"hello, this is text",
        "cut.png": write_picture(tmp_path / "whole.png", text).read_bytes()[:44],
        "cut.gif": b"GIF89a\x01\x00\x01\x00\xf7",
        "cut.webp": b"RIFF\x10\x00\x00\x00WEBPEXIF\xff\xff\x00\x00II",
        "endless.mp4": b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 50 + b"\0\0\0\x01",
        "other.png": write_picture(tmp_path / "comment.png", text, "Comment").read_bytes(),
        "long.png": write_picture(tmp_path / "huge.png", " " * (MOST_BYTES + 1)).read_bytes(),
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(LabError, match=f"^{name} does not tell of a run; only pictures .* do\\.$"):
            read_provenance(tmp_path / name)
    with pytest.raises(LabError, match="cannot be read: "):
        read_provenance(tmp_path / "missing.png")
    with pytest.raises(LabError, match="cannot be read: "):
        read_provenance(tmp_path)


def test_a_text_packed_into_a_bomb_is_not_unpacked(tmp_path):
    content = KEYWORD.encode() + b"\0\1\0\0\0" + zlib.compress(bytes(10**8))
    chunk = struct.pack(">I4s", len(content), b"iTXt") + content + bytes(4)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I4sI", 0, b"IEND", 0))
    with pytest.raises(LabError, match="does not tell of a run"):
        read_provenance(path)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_description_is_found_in_either_order_of_bytes(tmp_path, order):
    text = altered().encode()
    exif = exif_of(text.decode())
    if order == ">":
        head = struct.pack(">2sHIHHHIII", b"MM", 42, 8, 1, 0x010E, 2, len(text) + 1, 26, 0)
        exif = b"Exif\0\0" + head + text + b"\0"
    path = tmp_path / "picture.webp"
    Image.new("RGB", (2, 2)).save(path, exif=exif)
    assert read_provenance(path).step == 6


def test_mp4_comments_are_found_behind_the_film(tmp_path):
    def box(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(content), name) + content

    text = altered().encode()
    data = box(b"data", struct.pack(">II", 1, 0) + text)
    meta = box(
        b"meta", bytes(4) + box(b"hdlr", bytes(25)) + box(b"ilst", box(b"\xa9too", b"x") + box(b"\xa9cmt", data))
    )
    film = struct.pack(">I4sQ", 1, b"mdat", 16 + 1_000) + bytes(1_000)
    moov = box(b"moov", box(b"mvhd", bytes(100)) + box(b"udta", meta))
    (tmp_path / "run.mp4").write_bytes(box(b"ftyp", b"isom") + film + moov)
    assert read_provenance(tmp_path / "run.mp4").classifier_sha256 == SHA256


def test_texts_of_a_run_without_an_id_are_read_back(tmp_path):
    made = make_provenance("", make_spec(), SHA256)
    assert read_provenance(write_picture(tmp_path / "a.png", picture_texts(made)[KEYWORD])) == made
