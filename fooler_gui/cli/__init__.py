"""The command-line twin of the window: the same engine and the same files, without Qt."""

from fooler_gui.cli.entry import main

__all__ = ["main"]
