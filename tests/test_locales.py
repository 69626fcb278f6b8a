from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = """
from fooler_gui.surroundings import prepare
prepare()
from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QDoubleSpinBox
from fooler_gui.app import make_application
app = make_application()
box = QDoubleSpinBox()
box.setMaximum(1e6)
box.setValue(1234.5)
import locale
print(box.text(), QLocale().toString(1234.5), locale.localeconv()["decimal_point"], app.layoutDirection().name)
print(QLocale.system().toString(QDate(2026, 3, 14), QLocale.FormatType.ShortFormat))
"""


@pytest.mark.parametrize("name", ["de_DE", "ar_EG", "fa_IR", "he_IL", "hi_IN", "ja_JP", "C"])
def test_numbers_and_layout_are_those_of_english_text_in_every_locale(name: str) -> None:
    variables = {"QT_QPA_PLATFORM": "offscreen", "LC_ALL": f"{name}.UTF-8", "LANGUAGE": name[:2]}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout == "1234.50 1234.5 . LeftToRight\n14 03 2026\n"
