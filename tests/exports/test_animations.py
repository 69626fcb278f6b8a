from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from export_samples import cells_of_frame, export, frame_artist, make_saves, record, to_8_bits
from PIL import Image, ImageSequence

from fooler_gui.core.errors import LabError
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.provenance import read_provenance
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import export_run

KINDS = (".gif", ".apng", ".webp")


def frames_of(path, mode="L"):
    """Returns the frames of an animation as arrays, and how many milliseconds each is shown."""
    frames, times = [], []
    with Image.open(path) as film:
        assert film.info["loop"] == 0
        for frame in ImageSequence.Iterator(film):
            frames.append(np.asarray(frame.convert(mode)))
            times.append(frame.info["duration"])
    return frames, times


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_shows_the_images_of_its_save(run_folder, saves, tmp_path, kind):
    path = tmp_path / f"run{kind}"
    exported = export(run_folder, path, scale=2, fps=20)
    frames, times = frames_of(path)
    assert exported == Exported(saves=7, of=7, size=frames[0].shape[::-1])
    assert len(frames) == 7
    artist = frame_artist(run_folder, scale=2)
    for frame, save in zip(frames, saves, strict=True):
        np.testing.assert_array_equal(cells_of_frame(frame, save, artist), to_8_bits(save)[..., 0])
    assert times == [50] * 6 + [1_500]
    assert [path.name for path in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", [".apng", ".webp"])
def test_coloured_frames_are_exact(tmp_path, kind):
    saves = make_saves(range(3), (5, 4, 3))
    export(record(tmp_path / "run", saves), tmp_path / f"run{kind}", scale=3)
    frames, _ = frames_of(tmp_path / f"run{kind}", "RGB")
    artist = frame_artist(tmp_path / "run", scale=3)
    for frame, save in zip(frames, saves, strict=True):
        np.testing.assert_array_equal(cells_of_frame(frame, save, artist), to_8_bits(save))


def test_coloured_frames_of_a_gif_are_near(tmp_path):
    saves = make_saves(range(3), (5, 4, 3))
    export(record(tmp_path / "run", saves), tmp_path / "run.gif", scale=3)
    frames, _ = frames_of(tmp_path / "run.gif", "RGB")
    artist = frame_artist(tmp_path / "run", scale=3)
    for frame, save in zip(frames, saves, strict=True):
        found = cells_of_frame(frame, save, artist).astype(int)
        assert np.abs(found - to_8_bits(save)).max() <= 32  # half of the gap between six shades, and what Pillow rounds


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_run_is_thinned_evenly_with_its_first_and_last_save(tmp_path, kind):
    saves = make_saves(range(41))
    exported = export(record(tmp_path / "run", saves), tmp_path / f"run{kind}", frames=5, scale=1)
    assert (exported.saves, exported.of) == (5, 41)
    frames, _ = frames_of(tmp_path / f"run{kind}")
    artist = frame_artist(tmp_path / "run", scale=1)
    for frame, step in zip(frames, (0, 10, 20, 30, 40), strict=True):
        np.testing.assert_array_equal(cells_of_frame(frame, saves[step], artist), to_8_bits(saves[step])[..., 0])


def test_a_run_of_one_save_is_an_animation_of_one_frame(saves, tmp_path):
    folder = record(tmp_path / "run", saves[:1])
    for kind in KINDS:
        assert export(folder, tmp_path / f"run{kind}").saves == 1
        with Image.open(tmp_path / f"run{kind}") as film:
            assert getattr(film, "n_frames", 1) == 1


@pytest.mark.parametrize("kind", [*KINDS, ".npz", ".csv", ".json", ""])
def test_what_is_cancelled_leaves_nothing(run_folder, tmp_path, kind):
    with RecordedRun(run_folder) as run:
        steps = export_run(run, tmp_path / f"run{kind}", ExportSettings())
        assert next(steps) < next(steps) < next(steps) < 1
        steps.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_on_the_way_leaves_what_was_there(run_folder, tmp_path, monkeypatch, kind):
    path = tmp_path / f"run{kind}"
    path.write_bytes(b"of yesterday")
    read = RecordedRun.save

    def damaged(run, place):
        if place == 4:
            raise LabError("This save is damaged.")
        return read(run, place)

    monkeypatch.setattr(RecordedRun, "save", damaged)
    with pytest.raises(LabError, match="damaged"):
        export(run_folder, path)
    assert path.read_bytes() == b"of yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_frames_that_would_be_too_big_are_refused(tmp_path):
    folder = record(tmp_path / "run", make_saves(range(2), (400, 400, 1)))
    with pytest.raises(LabError, match="at most 16 megapixels; at scale 4"):
        export(folder, tmp_path / "run.gif", scale=4)
    assert not (tmp_path / "run.gif").exists()


def test_a_video_without_the_extra_says_how_to_get_it(run_folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(LabError, match=r"not installed; get it by: python -m pip install imageio-ffmpeg$"):
        export(run_folder, tmp_path / "run.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_video_shows_every_save(run_folder, saves, tmp_path):
    ffmpeg = pytest.importorskip("imageio_ffmpeg")
    path = tmp_path / "run.mp4"
    exported = export(run_folder, path, scale=8, fps=10)
    width, height = exported.size
    command = [ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    played = subprocess.run(command, capture_output=True, check=True).stdout
    frames = np.frombuffer(played, np.uint8).reshape(-1, height + height % 2, width + width % 2)
    assert len(frames) == 6 + 15  # the last one stays for a second and a half
    for frame, save in zip(frames, saves, strict=False):
        picture = frame[:height, :width].astype(int)
        shown = picture[_middles(save, frame_artist(run_folder, scale=8))]
        assert np.abs(shown - to_8_bits(save)[..., 0]).mean() < 8
    assert read_provenance(path).spec.rng_seed == 11


def test_a_slow_video_lasts_as_long_as_wanted(run_folder, tmp_path):
    ffmpeg = pytest.importorskip("imageio_ffmpeg")
    path = tmp_path / "run.mp4"
    assert export(run_folder, path, size=(640, 360), seconds=4.0, hold=1.0).size == (640, 360)
    command = [ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    played = subprocess.run(command, capture_output=True, check=True).stdout
    # Six frames of half a second and one of a whole: at ten a second 6 · 5 + 10.
    assert len(played) == 40 * 640 * 360


def test_a_video_that_is_cancelled_or_cannot_be_written_leaves_nothing(run_folder, tmp_path, monkeypatch):
    pytest.importorskip("imageio_ffmpeg")
    with RecordedRun(run_folder) as run:
        steps = export_run(run, tmp_path / "run.mp4", ExportSettings())
        next(steps), next(steps)
        steps.close()
    monkeypatch.setattr("fooler_gui.exports.mp4_file._QUALITY", "of no kind")
    with pytest.raises(LabError, match="FFmpeg cannot write the video: "):
        export(run_folder, tmp_path / "run.mp4")
    assert list(tmp_path.iterdir()) == []


def _middles(save, artist):
    """Returns the index of the middle of every pixel of every image in a frame."""
    height, width, scale = *save.images.shape[2:4], artist.scale
    x, y = (
        np.array([[cell[axis] for cell in row] for row in artist.cells])[..., np.newaxis, np.newaxis] for axis in (0, 1)
    )
    down = y + np.arange(height)[:, np.newaxis] * scale + scale // 2
    across = x + np.arange(width) * scale + scale // 2
    return np.broadcast_arrays(down, across)[0], np.broadcast_arrays(down, across)[1]
