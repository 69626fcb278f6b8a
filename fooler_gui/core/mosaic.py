"""Composes many images into one, in the byte format that the screen takes without conversion.

One composed image is drawn far faster than many small ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray

ByteArray = npt.NDArray[np.uint8]

_PIXEL = np.dtype("<u4")
"""Its bytes are blue, green, red, 255."""
_OPAQUE = 0xFF000000
_WEIGHTS = {1: (0x010101,), 3: (0x010000, 0x000100, 0x000001)}
"""The factor of each channel in a pixel's 32-bit number, for grey and for colour images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Where the images of a mosaic lie: equal cells, row after row. All lengths are in pixels of the mosaic.

    Attributes:
        rows: How many, from 1.
        columns: How many, from 1.
        height: Of a cell, with the gap to the next row.
        width: Of a cell, with the gap to the next column.
        top: From a cell's top edge to its image.
        left: From a cell's left edge to its image.
    """

    rows: int
    columns: int
    height: int
    width: int
    top: int = 0
    left: int = 0


def to_bytes(images: FloatArray | ByteArray) -> ByteArray:
    """Returns `images`, whose range is [0, 1], as bytes 0 to 255; values outside are clipped, bytes are kept."""
    if images.dtype == np.uint8:
        return images.view(np.uint8)
    shades = np.fmax(images, 0.0)  # turns NaN into 0
    np.fmin(shades, 1.0, out=shades)
    shades *= 255.0
    return np.rint(shades, out=shades).astype(np.uint8)


def compose(
    images: FloatArray | ByteArray, cells: Cells, grey: int, places: npt.NDArray[np.intp] | None = None
) -> ByteArray:
    """Returns one C-contiguous (rows · height, columns · width, 4) mosaic of bytes: blue, green, red, 255.

    Args:
        images: (N, H, W, C), C = 1 (grey) or 3 (red, green, blue), range [0, 1], clipped if outside; or bytes.
        cells: The layout.
        grey: The shade of gaps and empty cells, 0 to 255.
        places: (N,), the cell of each image, counted row by row; by default the first N cells.

    Raises:
        ValueError: The images have another shape, or do not fit into the cells.
    """
    if images.ndim != 4 or images.shape[3] not in (1, 3):
        raise ValueError(f"Images must be (N, height, width, 1 or 3); received the shape {images.shape}.")
    count, height, width, channels = images.shape
    if cells.top + height > cells.height or cells.left + width > cells.width:
        raise ValueError(
            f"Images of {height} × {width} pixels must fit into cells of {cells.height} × {cells.width} pixels "
            f"from ({cells.top}, {cells.left}) on."
        )
    where = np.arange(count) if places is None else places
    if count and not 0 <= where.min() <= where.max() < cells.rows * cells.columns:
        raise ValueError(f"{count} images must fit into {cells.rows} × {cells.columns} cells.")
    # Writing each pixel as one 32-bit number is several times faster than writing four bytes.
    pixels = to_bytes(images).astype(_PIXEL) @ np.array(_WEIGHTS[channels], _PIXEL) + np.array(_OPAQUE, _PIXEL)
    mosaic = np.full((cells.rows, cells.height, cells.columns, cells.width), _OPAQUE + grey * 0x010101, _PIXEL)
    row, column = np.divmod(where, cells.columns)
    down, across = slice(cells.top, cells.top + height), slice(cells.left, cells.left + width)
    mosaic[row, down, column, across] = pixels
    return mosaic.view(np.uint8).reshape(cells.rows * cells.height, cells.columns * cells.width, 4)
