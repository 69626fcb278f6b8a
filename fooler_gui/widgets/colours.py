"""The four colours that mean something (Okabe–Ito, safe for colour-blind eyes), and the stage's grey.

Colour is never the only cue: each also has a sign or a line style.
"""

from __future__ import annotations

DONE = "#009E73"
REINITIALISED = "#D55E00"
SELECTED = "#0072B2"
CHANGED = "#E69F00"

SELECTED_ON_DARK = "#56B4E9"
"""Also Okabe–Ito; replaces `SELECTED` where that is too dark, as for thin lines on a dark background."""

STAGE = "#808080"
"""The neutral surround of the images, the same in the light and the dark theme."""

INK = "#101010"
"""All text on the stage's grey and on the coloured chips: contrast at least 4.5 : 1."""

PAPER = "#FFFFFF"
"""The pin, and the line that sets outlines off from the images."""
