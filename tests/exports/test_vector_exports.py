from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from export_samples import export, record, to_8_bits
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from saves import make_save

from fooler_gui.core.errors import LabError
from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.figures import caption_rows, lay_out_figure
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import export_run

SCALE = 4


def drawn(path: Path, size: QSize) -> np.ndarray:
    """Returns the pixels, (height, width, 4) bytes, of the SVG picture at `path`."""
    picture = QImage(size, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    painter = QPainter(picture)
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    renderer.render(painter)
    painter.end()
    return np.array(picture.constBits()).reshape(size.height(), size.width(), 4)


def test_a_vector_picture_shows_images_captions_and_plots(qapp, run_folder, saves, tmp_path):
    path = tmp_path / "run.svg"
    assert export(run_folder, path, 4, scale=SCALE) == Exported(saves=5, of=7)
    save = saves[4]
    names, captions = ["3", "7"], caption_rows(save.probabilities)
    layout = lay_out_figure(save.images, names, captions, SCALE, "Step 4")
    pixels = drawn(path, QSvgRenderer(str(path)).viewBox().size())
    for row, rectangles in enumerate(layout.cells):
        for column, (x, y, width, height) in enumerate(rectangles):
            seen = pixels[y : y + height, x : x + width, 0][SCALE // 2 :: SCALE, SCALE // 2 :: SCALE]
            np.testing.assert_allclose(seen, to_8_bits(save)[row, column, ..., 0], atol=1)
    text = path.read_text()
    for words in ("Step 4", *captions[0], *captions[1], "Probability by step", "Weighted costs by step"):
        assert f">{words}<" in text.replace("&gt;.", "&gt;.")
    assert "seed 11" in text
    assert "Changed at step 4: batch 2, learning rate 0.02" in text
    assert "vector-effect" not in text.replace("<rect vector-effect", "")
    assert [path.name for path in tmp_path.iterdir()] == ["run.svg"]


def test_a_term_that_was_computed_for_a_part_of_the_run_is_drawn_for_that_part(qapp, tmp_path):
    saves = [
        make_save((3,), 2, (6, 5, 1), step, optional={"closeness": 0.1} if 3 <= step < 6 else {}) for step in range(9)
    ]
    path = tmp_path / "run.svg"
    export(record(tmp_path / "run", saves), path, 5, scale=SCALE)
    assert QSvgRenderer(str(path)).isValid()
    assert ">closeness 2.0e-1<" in path.read_text()


def test_a_pdf_has_one_page_of_the_pictures_size(run_folder, tmp_path):
    export(run_folder, tmp_path / "run.pdf", scale=SCALE)
    content = (tmp_path / "run.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == 1
    assert b"/MediaBox [0 0 600.0" in content or b"/MediaBox [0 0 600 " in content  # 800 pixels of 1/96 inch


def test_images_in_a_pdf_keep_their_shades(run_folder, tmp_path):
    export(run_folder, tmp_path / "run.pdf", scale=SCALE)
    content = (tmp_path / "run.pdf").read_bytes()
    assert b"/Subtype /Image" in content
    assert b"DCTDecode" not in content


def test_without_qt_a_sentence_says_so(run_folder, tmp_path, monkeypatch):
    (tmp_path / "broken" / "PySide6").mkdir(parents=True)
    (tmp_path / "broken" / "PySide6" / "__init__.py").write_text("raise ImportError('libEGL.so.1: cannot open')")
    popen = subprocess.Popen
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'broken')!r}); "
        "from fooler_gui.features.run.vector_figure import main; sys.exit(main(sys.argv[1:]))"
    )

    def without_qt(command, **options):
        return popen((sys.executable, "-c", code, *command[3:]), **options)

    monkeypatch.setattr("fooler_gui.exports.vector.subprocess.Popen", without_qt)
    with pytest.raises(LabError) as caught:
        export(run_folder, tmp_path / "run.svg")
    assert str(caught.value) == (
        "Qt, which draws .svg and .pdf files, cannot be loaded here: libEGL.so.1: cannot open."
    )
    assert [path.name for path in tmp_path.iterdir()] == ["broken"]


def test_a_process_that_dies_is_told_in_one_sentence(run_folder, tmp_path, monkeypatch):
    monkeypatch.setattr("fooler_gui.exports.vector._ARTIST", "no_such_module_of_anybody")
    with pytest.raises(LabError, match=r"^Qt, which draws \.svg and \.pdf files, failed: .*no_such_module_of_anybody"):
        export(run_folder, tmp_path / "run.svg")
    assert list(tmp_path.iterdir()) == []


def test_a_vector_picture_that_is_cancelled_leaves_nothing(run_folder, tmp_path):
    with RecordedRun(run_folder) as run:
        steps = export_run(run, tmp_path / "run.pdf", ExportSettings())
        next(steps)
        steps.close()
    assert list(tmp_path.iterdir()) == []
