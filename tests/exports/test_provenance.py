from __future__ import annotations

import dataclasses
import json
import os
import struct
import tracemalloc
import zlib
from html import escape

import pytest
from export_samples import ARTICLE, SHA256, export, make_spec
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fooler_gui import __version__
from fooler_gui.core.errors import LabError
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.xmp import PACKET_BEGIN, xmp_packet
from fooler_gui.exports.carried_text import KEYWORD, MOST_BYTES, exif_of
from fooler_gui.exports.provenance import make_provenance, picture_texts, read_provenance
from fooler_gui.exports.recorded_run import RecordedRun

CHANGE = "batch 2, learning rate 0.02"
KINDS = (".png", ".svg", ".pdf")
SVG = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize("name", ["grid.png", "grid.svg", "grid.pdf", "run.gif", "run.apng", "run.webp", "tiles"])
def test_every_picture_tells_how_it_was_made(run_folder, tmp_path, name):
    export(run_folder, tmp_path / name)
    path = tmp_path / name if "." in name else tmp_path / name / "label 7 slot 3.png"
    with RecordedRun(run_folder) as run:
        identity, expected = run.record.id, run.provenance(None if name.startswith("run") else 6)
    found = read_provenance(path)
    assert found == expected
    assert (found.run, found.classifier_sha256, found.program) == (identity, SHA256, __version__)
    assert found.spec.coefficients == ARTICLE
    assert (found.spec.rng_seed, found.spec.labels, found.spec.slots) == (11, (3, 7), 3)
    assert found.spec.descent == make_spec().descent
    assert found.spec.method == make_spec().method
    assert found.changes == ((4, CHANGE),)
    assert found.step == (None if name.startswith("run") else 6)


@pytest.mark.parametrize("ending", KINDS)
def test_folders_of_the_machine_are_not_told(run_folder, tmp_path, ending):
    path = tmp_path / f"grid{ending}"
    export(run_folder, path)
    assert read_provenance(path).spec.classifier == "article.keras"
    assert b"someone" not in path.read_bytes()


def test_the_folders_of_further_classifiers_are_not_told_either():
    further = tuple(
        FurtherClassifier(classifier=f"/home/someone/{folder}/net.keras", weight=weight, sha256=sha256)
        for folder, weight, sha256 in (("a", 0.5, "ab"), ("b", 2.0, "cd"))
    )
    spec = dataclasses.replace(make_spec(), classifier="/home/someone/net.keras", further=further)
    made = make_provenance("id", spec, SHA256)
    assert made.spec.classifiers == ("net.keras", "other-net.keras", "other-other-net.keras")
    assert [(each.weight, each.sha256) for each in made.spec.further] == [(0.5, "ab"), (2.0, "cd")]
    texts = picture_texts(made)
    assert texts["Further classifier 2 SHA-256"] == "cd (weight 2)"
    assert "someone" not in str(texts)


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
    if path.suffix == ".svg":
        path.write_text(f"<svg xmlns='{SVG}'><title/><desc>{escape(text)}</desc><g/></svg>")
        return path
    if path.suffix == ".pdf":
        path.write_bytes(b"%PDF-1.4\nstream\n" + xmp_packet("application/pdf", "a & b", text) + b"\nendstream\n")
        return path
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


@pytest.mark.parametrize("ending", KINDS)
@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_set_up_is_refused_in_one_sentence(tmp_path, case, ending):
    path = write_picture(tmp_path / f"hostile{ending}", HOSTILE[case])
    may_be_ours = ending == ".png" or HOSTILE[case].startswith("{")
    reason = "The set-up in hostile.* cannot be used: " if may_be_ours else "hostile.* holds no set-up of a run; "
    with pytest.raises(LabError, match=f"^{reason}") as caught:
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
        "other.gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00!\xfe\x0fOf another tool.\x00;",
        "cut.webp": b"RIFF\x10\x00\x00\x00WEBPEXIF\xff\xff\x00\x00II",
        "endless.mp4": b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 50 + b"\0\0\0\x01",
        "other.png": write_picture(tmp_path / "comment.png", text, "Comment").read_bytes(),
        "long.png": write_picture(tmp_path / "huge.png", " " * (MOST_BYTES + 1)).read_bytes(),
        "cut.svg": write_picture(tmp_path / "whole.svg", text).read_bytes()[:-30],
        "other.svg": write_picture(tmp_path / "comment.svg", "Generated with Qt").read_bytes(),
        "empty.svg": write_picture(tmp_path / "bare.svg", "").read_bytes(),
        "long.svg": write_picture(tmp_path / "huge.svg", "{" + " " * MOST_BYTES).read_bytes(),
        "page.svg": f"<!DOCTYPE html><html><desc>{text}</desc></html>".encode(),
        "deep.svg": b"<g>" * 80_000,
        "wide.svg": write_picture(tmp_path / "late.svg", text).read_bytes().replace(b"<title/>", b"<g/>" * 80_000),
        "noise.svg": b"<" + bytes(range(256)) * 3_000,
        "cut.pdf": write_picture(tmp_path / "whole.pdf", text).read_bytes()[:900],
        "other.pdf": write_picture(tmp_path / "comment.pdf", "Minutes of a meeting").read_bytes(),
        "long.pdf": write_picture(tmp_path / "huge.pdf", "{" + " " * MOST_BYTES).read_bytes(),
        "bare.pdf": b"%PDF-1.7\n1 0 obj\nendobj\n",
        "begins.pdf": b"%PDF-1.7\n" + PACKET_BEGIN * 1_000_000,
        "noise.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 3_000,
    }
    others = {
        name: f"must be a picture that this program exported; it is {what}."
        for name, what in {
            "empty.png": "empty",
            "text.txt": "a text file",
            "page.svg": "a web page, saved in place of the file",
            "deep.svg": "a text file",
        }.items()
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        reason = others.get(name, r"holds no set-up of a run; only pictures .* do\.")
        with pytest.raises(LabError, match=f"^{name} {reason}$"):
            read_provenance(tmp_path / name)
    with pytest.raises(LabError, match="cannot be read: "):
        read_provenance(tmp_path / "missing.png")
    with pytest.raises(LabError, match="it is a folder"):
        read_provenance(tmp_path)


def test_a_text_packed_into_a_bomb_is_not_unpacked(tmp_path):
    content = KEYWORD.encode() + b"\0\1\0\0\0" + zlib.compress(bytes(10**8))
    chunk = struct.pack(">I4s", len(content), b"iTXt") + content + bytes(4)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I4sI", 0, b"IEND", 0))
    with pytest.raises(LabError, match="holds no set-up of a run"):
        read_provenance(path)


LAUGHS = "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 12))
DOCUMENT_TYPES = {
    "laughs": f"<!DOCTYPE svg [<!ENTITY a0 '{{'>{LAUGHS}]>",
    "a file": "<!DOCTYPE svg [<!ENTITY a11 SYSTEM 'file:///etc/passwd'>]>",
    "another document": "<!DOCTYPE svg SYSTEM 'http://localhost/a.dtd'>",
    "plain": "<!DOCTYPE svg>",
}


@pytest.mark.parametrize("ending", [".svg", ".pdf"])
@pytest.mark.parametrize("case", DOCUMENT_TYPES)
@pytest.mark.timeout(30)
def test_xml_with_a_document_type_is_not_read(tmp_path, case, ending):
    path = write_picture(tmp_path / f"bomb{ending}", altered())
    kind, root = DOCUMENT_TYPES[case], "<svg" if ending == ".svg" else "<x:xmpmeta"
    text = path.read_text(encoding="utf-8").replace(root, kind + root)
    path.write_text(text.replace("abab", "&a11;", 1) if "a11" in kind else text, encoding="utf-8")
    with pytest.raises(LabError, match=r"^bomb\.\w+ holds no set-up of a run; only pictures .* do\.$"):
        read_provenance(path)


@pytest.mark.parametrize("ending", [".svg", ".pdf"])
def test_a_huge_file_is_not_read_whole(tmp_path, ending):
    path = write_picture(tmp_path / f"huge{ending}", "none of ours")
    os.truncate(path, 2**33)
    tracemalloc.start()
    with pytest.raises(LabError, match="holds no set-up of a run"):
        read_provenance(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2**27


@pytest.mark.parametrize("before", ["", "\ufeff", "\n ", "<?xml version='1.0' encoding='cp037'?><!-- drawn -->"])
def test_a_svg_file_may_begin_in_many_ways_and_is_utf_8(tmp_path, before):
    path = write_picture(tmp_path / "a.svg", altered())
    path.write_text(before + path.read_text(), encoding="utf-8")
    assert read_provenance(path).step == 6


def test_the_description_of_the_drawing_is_meant_not_of_a_part_of_it(tmp_path):
    path = write_picture(tmp_path / "a.svg", altered())
    part = f"<g><desc>{escape(altered(step=3))}</desc></g><desc xmlns='other'>{{}}</desc><title/>"
    path.write_text(path.read_text().replace("<title/>", part))
    assert read_provenance(path).step == 6


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
