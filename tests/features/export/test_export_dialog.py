"""The export dialog with real widgets, over runs on disk and a save in memory."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from export_samples import make_saves, make_spec, record
from PIL import Image
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QProgressDialog,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.exports.frames import FrameArtist
from fooler_gui.exports.provenance import read_provenance
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.shot import Shot
from fooler_gui.features.export.export_dialog import ExportDialog
from fooler_gui.features.export.preview_drawer import ExportSource
from fooler_gui.features.export.run_export import RunExport
from fooler_gui.session.model import SessionModel
from fooler_gui.widgets.pictures import to_qimage

TITLE = "From uniform noise to 2 digits"


class Bench:
    """An export over a folder, and what its dialog shows."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.model = SessionModel(self.window)
        actions = {name: QAction(self.window) for name in ("export_grid", "export_run")}
        self.exporting = RunExport(self.window, self.model, actions)
        self.run = record(folder / "runs" / "run", make_saves())
        self.window.show()

    def open(self, ending: str = ".png") -> Bench:
        self.exporting.export(str(self.run))
        self.wait_for("shown: step 6")
        return self.choose(ending) if ending != ".png" else self

    @property
    def dialog(self) -> ExportDialog:
        (dialog,) = (found for found in self.window.findChildren(ExportDialog) if found.isVisible())
        return dialog

    def field(self, name: str, kind: type = QWidget) -> QWidget:
        found = self.dialog.findChild(kind, f"export_{name}")
        assert found is not None
        return found

    def choose(self, ending: str) -> Bench:
        box = self.field("format", QComboBox)
        box.setCurrentIndex(box.findData(ending))
        self.qtbot.waitUntil(lambda: self.facts() != "", timeout=20_000)
        return self

    def facts(self) -> str:
        return self.field("facts", QLabel).text()

    def wait_for(self, *words: str) -> None:
        self.qtbot.waitUntil(lambda: all(word in self.facts() for word in words), timeout=20_000)

    def image(self) -> QImage:
        return self.field("picture").image()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(qtbot, tmp_path)
    yield made
    made.exporting.close()


def choose_path(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def frame(folder: Path, place: int, settings: ExportSettings, *, moving: bool) -> QImage:
    with RecordedRun(folder) as run:
        artist = FrameArtist(run.shot(len(run) - 1), settings, moving=moving)
        return to_qimage(artist.draw(run.shot(place)))


def test_the_preview_is_the_very_picture_with_its_size(bench: Bench) -> None:
    bench.open()
    expected = frame(bench.run, 6, ExportSettings(what="grid", title=TITLE), moving=False)
    bench.qtbot.waitUntil(lambda: bench.image() == expected, timeout=20_000)
    assert bench.facts() == f"{expected.width():,} × {expected.height():,} pixels · shown: step 6"
    assert bench.field("title", QLineEdit).text() == TITLE


def test_the_preview_follows_every_choice(bench: Bench) -> None:
    bench.open()
    bench.field("title", QLineEdit).clear()
    bench.qtbot.keyClicks(bench.field("title", QLineEdit), "Mine")
    bench.field("captions", QCheckBox).setChecked(False)
    bench.field("what", QComboBox).setCurrentIndex(2)
    bench.field("scale", QSpinBox).setValue(5)
    settings = ExportSettings(what="before-after", title="Mine", captions=False, scale=5)
    expected = frame(bench.run, 6, settings, moving=False)
    bench.qtbot.waitUntil(lambda: bench.image() == expected, timeout=20_000)


def test_a_fixed_size_is_told_exactly(bench: Bench) -> None:
    bench.open()
    size = bench.field("size", QComboBox)
    size.setCurrentText("1,920 × 1,080")
    bench.wait_for("1,920 × 1,080 pixels")
    assert not bench.field("scale").isVisible()
    size.setCurrentText("Own size")
    bench.field("width", QSpinBox).setValue(800)
    bench.field("height", QSpinBox).setValue(450)
    bench.wait_for("800 × 450 pixels")


def test_what_has_no_room_is_said_and_cannot_be_written(bench: Bench) -> None:
    bench.open()
    bench.field("size", QComboBox).setCurrentText("Own size")
    for side in ("width", "height"):
        bench.field(side, QSpinBox).setValue(64)
    bench.wait_for("64 × 64 pixels are too few. Choose a larger size.")
    assert not bench.field("choose_file", QPushButton).isEnabled()
    bench.field("size", QComboBox).setCurrentText("By scale")
    bench.wait_for("shown: step 6")
    assert bench.field("choose_file", QPushButton).isEnabled()


def test_an_animation_tells_its_frames_and_seconds_and_can_be_looked_through(bench: Bench) -> None:
    bench.open(".gif")
    bench.wait_for("7 frames · 2.1 s", "shown: step 0")
    bench.field("frame", QSlider).setValue(3)
    bench.wait_for("shown: step 3")
    assert bench.image() == frame(bench.run, 3, ExportSettings(what="grid", title=TITLE), moving=True)
    bench.field("frames", QSpinBox).setValue(4)
    bench.wait_for("4 frames · 1.8 s · of 7 saves")


def test_frames_a_second_and_seconds_in_all_follow_each_other(bench: Bench) -> None:
    bench.open(".gif")
    fps, seconds = bench.field("fps", QDoubleSpinBox), bench.field("seconds", QDoubleSpinBox)
    bench.qtbot.waitUntil(lambda: seconds.value() == 2.1, timeout=20_000)
    seconds.setValue(4.5)
    bench.wait_for("7 frames · 4.5 s")
    assert fps.value() == 2.0
    fps.setValue(5.0)
    bench.wait_for("7 frames · 2.7 s")
    bench.field("hold", QDoubleSpinBox).setValue(3.0)
    bench.wait_for("7 frames · 4.2 s")


def test_play_shows_frame_after_frame_until_it_is_pressed_again(bench: Bench) -> None:
    bench.open(".apng")
    bench.wait_for("shown: step 0")
    play = bench.field("play", QToolButton)
    play.click()
    assert play.accessibleName() == "Pause the preview"
    bench.wait_for("shown: step 6")
    bench.wait_for("shown: step 1")
    play.click()
    assert play.accessibleName() == "Play the preview"


def test_a_drawing_is_previewed_with_its_plots_and_has_no_size_in_pixels(bench: Bench) -> None:
    bench.open(".svg")
    assert "sharp at any size" in bench.facts()
    assert bench.field("what", QComboBox).currentData() == "plots"
    assert not bench.field("size").isVisible()
    assert not bench.image().isNull()


def test_numbers_have_no_picture_and_no_choices(bench: Bench) -> None:
    bench.open(".csv")
    assert bench.facts() == "7 saves"
    assert bench.image().isNull()
    assert not any(bench.field(name).isVisible() for name in ("what", "title", "captions", "size", "scale", "fps"))


def test_mp4_is_disabled_with_the_command_where_it_cannot_be_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    bench.open()
    box = bench.field("format", QComboBox)
    endings = [box.itemData(row) for row in range(box.count())]
    assert endings == [".png", ".gif", ".webp", ".apng", ".mp4", ".svg", ".pdf", ".npz", ".csv", ".json"]
    enabled = [bool(box.model().item(row).isEnabled()) for row in range(box.count())]
    assert enabled == [ending != ".mp4" for ending in endings]
    assert "python -m pip install imageio-ffmpeg" in box.model().item(4).toolTip()
    note = bench.field("video_note", QLabel)
    assert note.isVisible()
    assert note.text().splitlines()[-1] == "python -m pip install imageio-ffmpeg"


def test_mp4_is_offered_where_it_can_be_written(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    present = types.SimpleNamespace(get_ffmpeg_exe=lambda: "/bin/ffmpeg")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", present)
    bench.open()
    assert bench.field("format", QComboBox).model().item(4).isEnabled()
    assert not bench.field("video_note").isVisible()


def test_what_is_previewed_is_written(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.webp"
    choose_path(monkeypatch, path)
    bench.open(".webp")
    bench.field("size", QComboBox).setCurrentText("1,280 × 720")
    bench.wait_for("1,280 × 720 pixels", "shown: step 0")
    shown = bench.image()
    bench.field("choose_file", QPushButton).click()
    bench.qtbot.waitUntil(lambda: bench.model.status == f"Wrote {path}.", timeout=20_000)
    with Image.open(path) as film:
        assert (film.size, film.n_frames) == ((1280, 720), 7)
        assert to_qimage(film) == shown
    assert read_provenance(path).spec.rng_seed == 11
    assert bench.window.findChild(QProgressDialog, "run_export_progress") is None or not any(
        dialog.isVisible() for dialog in bench.window.findChildren(QProgressDialog)
    )


def test_no_path_leaves_the_dialog_as_it_is(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    bench.open()
    bench.field("choose_file", QPushButton).click()
    assert bench.dialog.isVisible()


def test_a_cancelled_export_leaves_nothing(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, waits, goes_on = RecordedRun.save, threading.Event(), threading.Event()

    def slow(run: RecordedRun, place: int):
        if place == 3:
            waits.set()
            goes_on.wait(20)
        return read(run, place)

    monkeypatch.setattr(RecordedRun, "save", slow)
    folder = tmp_path / "out"
    folder.mkdir()
    bench.exporting.write(ExportSource(folder=str(bench.run)), folder / "run.gif", ExportSettings())
    bench.qtbot.waitUntil(waits.is_set)
    dialog = bench.window.findChild(QProgressDialog, "run_export_progress")
    assert dialog.labelText().startswith("Writing run.gif")
    dialog.canceled.emit()
    goes_on.set()
    bench.qtbot.waitUntil(lambda: bench.model.status == "The export was cancelled; nothing was written.")
    assert list(folder.iterdir()) == []


def test_two_exports_are_written_one_after_the_other(bench: Bench, tmp_path: Path) -> None:
    source = ExportSource(folder=str(bench.run))
    for name in ("one.gif", "two.csv"):
        bench.exporting.write(source, tmp_path / name, ExportSettings())
    bench.qtbot.waitUntil(lambda: bench.model.status == f"Wrote {tmp_path / 'two.csv'}.", timeout=20_000)
    assert (tmp_path / "one.gif").is_file()


def test_a_save_in_memory_is_a_picture_even_if_its_run_is_not_on_disk(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = make_saves(range(3))[-1]
    numbers = np.array([0.0, 1.0, 2.0])
    shot = Shot(
        save=save, first=save, spec=make_spec(), class_names=tuple("0123456789"), steps=numbers, lowest=numbers / 4,
        mean=numbers / 2,
    )  # fmt: skip
    source = ExportSource(folder=str(tmp_path / "nowhere"), shot=shot, texts={"Random seed": "11"})
    bench.exporting._ask(source, ".png")
    bench.wait_for("shown: step 2")
    bench.choose(".gif")
    bench.wait_for("must be the folder of a run; there is no such folder.")
    assert not bench.field("choose_file", QPushButton).isEnabled()
    bench.choose(".png")
    bench.wait_for("shown: step 2")
    choose_path(monkeypatch, tmp_path / "grid.png")
    bench.field("choose_file", QPushButton).click()
    bench.qtbot.waitUntil(lambda: bench.model.status == f"Wrote {tmp_path / 'grid.png'}.", timeout=20_000)
    with Image.open(tmp_path / "grid.png") as picture:
        assert picture.text["Random seed"] == "11"


def test_a_second_dialog_takes_the_place_of_the_first(bench: Bench) -> None:
    bench.open()
    first = bench.dialog
    bench.open()
    assert bench.dialog is not first
