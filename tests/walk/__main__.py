"""``python tests/walk ALBUM``: walks the first five minutes, and leaves a picture of the screen at each station.

Mouse and keys are real: they come from outside the program, which runs as a process of its own, in an empty home, on a
screen that nobody sees. It needs Xvfb, openbox and xdotool. The walk is made on each size of screen, in light and in
dark, unless options say less; it ends with status 1 if something that should be seen is not seen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from first_minutes import THEMES, WALK, choose_theme
from person import Missed, started_program
from virtual_screen import missing, virtual_screen

_SIZES = ("1280x800", "1366x768")


def main() -> int:
    """Walks as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python tests/walk", description="Walks the first five minutes.")
    parser.add_argument("album", type=Path, help="the folder of pictures, which is made if it is missing")
    parser.add_argument("--size", choices=_SIZES, action="append", help="a screen's width and height (default: each)")
    parser.add_argument("--theme", choices=THEMES, action="append", help="a theme (default: each)")
    options = parser.parse_args()
    if missing():
        parser.error(f"not installed: {', '.join(missing())}")
    missed = [
        f"{size} {theme}: {told}"
        for size in options.size or _SIZES
        for theme in options.theme or THEMES
        if (told := walk(size, theme, options.album))
    ]
    sys.stdout.writelines(f"MISSED {told}\n" for told in missed)
    return 1 if missed else 0


def walk(size: str, theme: str, album: Path) -> str:
    """Walks once; returns what was missed, or ""."""
    width, height = map(int, size.split("x"))
    pictures = album / f"{size}-{theme}"
    pictures.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="fooler-walk-") as home,
        virtual_screen(width, height) as screen,
        started_program(screen, Path(home), pictures) as person,
    ):
        try:
            choose_theme(person, theme)
            for station in WALK:
                began = time.monotonic()
                station(person)
                sys.stdout.write(f"{size} {theme}: {station.__name__}, {time.monotonic() - began:.0f} s\n")
                sys.stdout.flush()
        except Missed as told:
            console = (Path(home) / "console.txt").read_text(encoding="utf-8")[-2_000:]
            return f"{told}\n{console}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
