"""Parts of a dataset that are pictures in files: one size for all, and grey only if all are grey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fooler_gui.data.readers.found import Array, Part, Role, images_a_chunk
from fooler_gui.data.readers.pictures import Picture, decoded, quietly, remarks_on
from fooler_gui.data.readers.pixels import size_within


class Labelled(NamedTuple):
    """A picture and the name of its class."""

    picture: Picture
    label: str


def picture_parts(
    labelled: Mapping[Role, Sequence[Labelled]], largest: int
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Returns a part for each role, and sentences on what is converted.

    All images get the commonest size, of equally common ones the first, but no side over `largest`.

    Args:
        labelled: The pictures of each part, in order; at least one in all.
        largest: The longest side, in pixels.
    """
    pictures = [each.picture for few in labelled.values() for each in few]
    (common, _), *_ = Counter(picture.size for picture in pictures).most_common(1)
    size = size_within(*common, largest)
    is_grey = all(picture.is_grey for picture in pictures)
    shape = (*size, 1 if is_grey else 3)

    def part(role: Role, few: Sequence[Labelled]) -> Part:
        def chunks() -> Iterator[Array]:
            step = images_a_chunk(shape)
            with quietly():
                for start in range(0, len(few), step):
                    yield np.stack([decoded(each.picture, size, is_grey=is_grey) for each in few[start : start + step]])

        return Part(role=role, labels=np.array([each.label for each in few]), shape=shape, chunks=chunks)

    parts = tuple(part(role, few) for role, few in labelled.items() if few)
    return parts, tuple(remarks_on(pictures, size, is_grey=is_grey))
