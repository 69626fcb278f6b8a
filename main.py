"""Starts Fooler from a source tree: ``python main.py`` opens the window, ``python main.py COMMAND`` needs none."""

from __future__ import annotations

import sys

from fooler_gui.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
