"""MP4 videos, with the FFmpeg of the optional extra ``video``."""

from __future__ import annotations

import math
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.film import FilmFacts, check_size

BRINGS_VIDEO = "python -m pip install imageio-ffmpeg"
"""The command that installs what writes videos."""

_MOST_PIXELS = 4_096
"""The longest side; players need not support more."""
_QUALITY = "12"
"""H.264's constant rate factor, low enough to preserve noise."""
_PAPER = 255
_LEAST_RATE = 10
"""Frames per second of a video at least; slower animations show each frame several times."""


class Mp4File:
    """An MP4 file of H.264, which everything plays. Shades are kept only approximately.

    Args:
        path: The file to write.
        facts: The frames' properties; an odd side gets an extra white line.

    Raises:
        ExportError: The extra ``video`` is not installed, or the frames are too large.
    """

    def __init__(self, path: Path, facts: FilmFacts) -> None:
        program, size = _ffmpeg(), facts.size
        check_size("A video", facts, _MOST_PIXELS)
        self._rate = facts.fps * max(1, math.ceil(_LEAST_RATE / facts.fps))
        width, height = even(size)
        self._missing = ((0, height - size[1]), (0, width - size[0]), (0, 0))
        shades = "gray" if facts.mode == "L" else "rgb24"
        source = ("-f", "rawvideo", "-pix_fmt", shades, "-s", f"{width}x{height}", "-r", str(self._rate), "-i", "-")
        drain = ("-vcodec", "libx264", "-pix_fmt", "yuv420p", "-crf", _QUALITY, "-movflags", "+faststart")
        comment = f"comment={facts.provenance.to_text()}"
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `let_go`
        self._process = subprocess.Popen(  # noqa: S603 - the program that the package names, and arguments of our own
            (
                program,
                "-y",
                "-v",
                "error",
                *source,
                *drain,
                "-metadata",
                comment,
                str(path),
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            start_new_session=True,  # Ctrl-C reaches only this process, which then ends the other
        )

    def add(self, frame: Image.Image, seconds: float) -> None:
        """Adds `frame`, shown for `seconds`, in whole frames of the video.

        Raises:
            ExportError: FFmpeg exited early.
        """
        pixels = np.asarray(frame)
        content = np.pad(pixels, self._missing[: pixels.ndim], constant_values=_PAPER).tobytes()
        assert self._process.stdin is not None
        try:
            for _ in range(max(1, round(seconds * self._rate))):
                self._process.stdin.write(content)
        except OSError as error:
            raise self._failure() from error

    def close(self) -> None:
        """Ends the file.

        Raises:
            ExportError: FFmpeg failed.
        """
        self._process.communicate()
        if self._process.returncode != 0:
            raise self._failure()

    def let_go(self) -> None:
        """Ends FFmpeg in any case."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        self._said.close()

    def _failure(self) -> ExportError:
        self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        reason = lines[-1].rstrip(".") if lines else f"it ended with status {self._process.returncode}"
        return ExportError(f"FFmpeg cannot write the video: {reason}.")


def even(size: tuple[int, int]) -> tuple[int, int]:
    """Returns the (width, height) of a video with frames of `size`: an odd side has one pixel more."""
    return size[0] + size[0] % 2, size[1] + size[1] % 2


def why_no_video() -> str:
    """Returns why no video can be written here, with the command that brings what is missing; "" if one can."""
    try:
        _ffmpeg()
    except ExportError as error:
        return str(error)
    return ""


def _ffmpeg() -> str:
    """Returns the path of FFmpeg."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise ExportError(f"A video needs FFmpeg, which is not installed; get it by: {BRINGS_VIDEO}") from error
