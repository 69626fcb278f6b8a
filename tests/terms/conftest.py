"""Loads TensorFlow as the program does before a term computes."""

from __future__ import annotations

from fooler_gui.engine import backend

backend.load()
