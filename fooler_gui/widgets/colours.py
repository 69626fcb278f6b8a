"""The four colours that mean something (Okabe–Ito, safe for colour-blind eyes), and the stage's grey.

A colour never speaks alone: each also has a sign or a line style of its own.
"""

from __future__ import annotations

DONE = "#009E73"
RESTARTED = "#D55E00"
SELECTED = "#0072B2"
CHANGED = "#E69F00"

SELECTED_ON_DARK = "#56B4E9"
"""Of Okabe and Ito too; stands for `SELECTED` where that is too dark, as for thin lines on a dark ground."""

STAGE = "#808080"
"""The neutral surround of the images, the same in the light and the dark theme."""

INK = "#101010"
"""Of all text on the stage's grey and on the coloured chips: contrast at least 4.5 : 1."""

PAPER = "#FFFFFF"
"""Of the pin, and of what sets outlines off from the images."""
