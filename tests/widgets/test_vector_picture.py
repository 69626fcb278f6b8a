from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtSvg import QSvgRenderer

from fooler_gui.core.xmp import xmp_packet
from fooler_gui.widgets.vector_picture import write_vector


def paint(painter: QPainter) -> None:
    """Draws one line, five pixels wide however it is scaled, from the left to the right in the middle."""
    pen = QPen(QColor("#0000ff"), 5)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.scale(100, 0.5)
    painter.drawLine(QPointF(0, 100), QPointF(2, 100))


def test_lines_are_as_wide_as_on_screen_in_a_svg(qapp, tmp_path):
    path = tmp_path / "line.svg"
    write_vector(path, QSize(200, 100), paint, "A <title>", "made & carried")
    text = path.read_text()
    assert "<title>A &lt;title&gt;</title>" in text
    assert "<desc>made &amp; carried</desc>" in text
    assert 'points="0,50 200,50 "' in text
    assert "vector-effect" not in text
    renderer = QSvgRenderer(str(path))
    assert renderer.viewBox().size() == QSize(200, 100)
    picture = QImage(200, 100, QImage.Format.Format_RGB32)
    picture.fill(0xFFFFFFFF)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    blue = [y for y in range(100) if picture.pixelColor(100, y).name() == "#0000ff"]
    assert 4 <= len(blue) <= 5
    assert abs(sum(blue) / len(blue) - 50) <= 1


def test_a_pdf_is_as_large_as_asked_for(qapp, tmp_path):
    path = tmp_path / "line.PDF"
    write_vector(path, QSize(200, 100), paint, "A <title>", "made & carried")
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert xmp_packet("application/pdf", "A <title>", "made & carried") in content
    size = QSizeF(200, 100) * 72 / 96
    assert f"/MediaBox [0 0 {size.width():.6g}".encode() in content


def test_what_fails_on_the_way_leaves_nothing(qapp, tmp_path):
    def fail(_painter: QPainter) -> None:
        raise ValueError("broken")

    for name in ("a.svg", "a.pdf"):
        with pytest.raises(ValueError, match="broken"):
            write_vector(tmp_path / name, QSize(10, 10), fail)
    with pytest.raises(OSError, match="missing"):
        write_vector(tmp_path / "missing" / "a.svg", QSize(10, 10), paint)
    assert list(tmp_path.iterdir()) == []
