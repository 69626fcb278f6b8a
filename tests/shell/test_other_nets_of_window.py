"""Other nets in the window, on an engine without TensorFlow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_engine import LIMIT
from open_window import OpenWindow
from PIL import Image
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from fooler_gui.core import jobs
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.transfer import FileImages, ImageSet, RunImages
from fooler_gui.features.other_nets.image_list import FILE, Further


def asked(opened: OpenWindow) -> tuple[object, ...]:
    assert opened.engine is not None
    return next(job for job in reversed(opened.engine.jobs) if isinstance(job, jobs.MeasureTransfer)).sources


def open_nets(opened: OpenWindow, qtbot: QtBot, *paths: str) -> None:
    opened.lab.pages["other_nets"].nets_requested.emit(paths)
    qtbot.waitUntil(lambda: len(opened.model.other_nets) == len(paths), timeout=LIMIT)
    opened.until(LabState.READY)


def test_the_images_on_screen_of_runs_and_of_files_are_asked_about(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin().engine_lab.found = 1.0
    opened.run_to_its_end()
    opened.action("other_nets").trigger()
    page = opened.lab.pages["other_nets"]
    open_nets(opened, qtbot, "second.keras")
    page.images().add([Further(FILE, "/adv.npz")])
    opened.action("other_nets").trigger()
    opened.until(LabState.READY)
    on_screen, file = asked(opened)
    assert isinstance(on_screen, ImageSet)
    save, run = opened.model.shown, opened.model.run
    assert on_screen.images.tobytes() == save.images.tobytes()
    assert on_screen.labels.tolist() == [save.labels[0]] * save.done.size
    assert (on_screen.made_with, on_screen.sha256) == (run.classifier.name, run.classifier.sha256)
    assert file == FileImages(path="/adv.npz")
    assert page.report() is opened.model.transfer
    page.add_run("/runs/three")
    opened.until(LabState.READY)
    assert RunImages(folder="/runs/three", found_only=True) in asked(opened)


def test_a_net_that_does_not_fit_is_told_on_the_page(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().action("other_nets").trigger()
    page = opened.lab.pages["other_nets"]
    page.nets_requested.emit(("missing.keras",))
    opened.until(LabState.READY)
    assert page.findChild(QLabel, "other_nets_notice").text() == "⚠ There is no file missing.keras."


def test_answers_are_exported(opened: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.begin().run_to_its_end()
    opened.action("other_nets").trigger()
    page = opened.lab.pages["other_nets"]
    page.findChild(QPushButton, "ask_nets").click()
    opened.until(LabState.READY)
    names = {"matrix": "m.csv", "answers": "a.csv", "report": "r.json", "picture": "p.png"}
    for what, name in names.items():
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, chosen=tmp_path / name: (str(chosen), ""))
        page.export_requested.emit(what)
        assert f"Wrote {tmp_path / name}." in opened.text("status_sentence")
    assert [net["name"] for net in json.loads((tmp_path / "r.json").read_text())["nets"]] == ["old", "new"]
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 6
    with Image.open(tmp_path / "p.png") as picture:
        assert min(picture.size) > 100


def test_nets_and_images_are_remembered_as_far_as_they_exist(opened: OpenWindow, qtbot: QtBot, tmp_path: Path) -> None:
    kept = tmp_path / "kept.keras"
    kept.touch()
    opened.begin().action("other_nets").trigger()
    page = opened.lab.pages["other_nets"]
    open_nets(opened, qtbot, str(kept), str(tmp_path / "gone.keras"))
    page.images().add([Further(FILE, str(kept)), Further(FILE, "/gone.npz")])
    page.images().set_found_only(False)
    opened.window.close()
    again = opened.again()
    again.pages.show("other_nets")
    assert again.pages["other_nets"].images().further() == (Further(FILE, str(kept)),)
    assert not again.pages["other_nets"].images().found_only()
