"""Makes the SVG files of Qt's generator look the same in every viewer.

Plots draw lines of constant width however their coordinates are scaled. The generator asks the viewer to do the same,
which not every viewer can, so the coordinates themselves are scaled here.
"""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_COORDINATES = {"path": "d", "polyline": "points", "polygon": "points"}
_EFFECT = "vector-effect"
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_POINT = re.compile(f"({_NUMBER}),({_NUMBER})")
_MATRIX = re.compile(r"matrix\(([^)]*)\)")

_Matrix = tuple[float, ...]


def with_scaled_lines(content: bytes) -> bytes:
    """Returns `content`, an SVG file by Qt's generator, without scaled lines."""
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    tree = ET.ElementTree(ET.fromstring(content))  # noqa: S314 - written by this program a moment ago
    for group in tree.iter(f"{{{_SVG}}}g"):
        matrix = _MATRIX.fullmatch(group.get("transform", ""))
        if matrix is not None:
            _scale_group(group, matrix)
    written = io.BytesIO()
    tree.write(written, encoding="utf-8", xml_declaration=True)
    return written.getvalue()


def _scale_group(group: ET.Element, found: re.Match[str]) -> None:
    matrix = tuple(map(float, found.group(1).split(",")))
    del group.attrib["transform"]
    for shape in group:
        attribute = _COORDINATES.get(shape.tag.rpartition("}")[2], "")
        if _EFFECT in shape.attrib and attribute:
            del shape.attrib[_EFFECT]
            shape.set(attribute, _scaled(shape.get(attribute, ""), matrix))
        else:
            shape.set("transform", found.group(0))


def _scaled(coordinates: str, matrix: _Matrix) -> str:
    a, b, c, d, e, f = matrix

    def move(point: re.Match[str]) -> str:
        x, y = map(float, point.groups())
        return f"{a * x + c * y + e:.6g},{b * x + d * y + f:.6g}"

    return _POINT.sub(move, coordinates)
