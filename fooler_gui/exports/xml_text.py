"""Finds one text in XML that may come from strangers, and keeps nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from xml.parsers import expat


def text_at(content: bytes, path: Sequence[str]) -> str | None:
    """Returns the text of the first element at `path` in a document, without that of its own elements; or None.

    A document with a document type is not read any further than there: only that could declare entities, which can
    unpack to gigabytes or stand for other files.

    Args:
        content: The beginning of the document, in UTF-8, or all of it. Time and memory grow with its length only.
        path: Elements from the outermost in, each as namespace, space and name.
    """
    finder = _Finder(path)
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartDoctypeDeclHandler = finder.meet_document_type
    parser.StartElementHandler = finder.begin
    parser.CharacterDataHandler = finder.take
    parser.EndElementHandler = finder.end
    with suppress(_Stop, expat.ExpatError):
        parser.Parse(content, False)
    return finder.text


class _Stop(Exception):
    """There is nothing to read on for."""


class _Finder:
    """Goes down the elements of a path, each inside the one before."""

    def __init__(self, path: Sequence[str]) -> None:
        self.text: str | None = None
        self._path = path
        self._depth = 0
        self._matched = 0
        """How many elements that are open now, from the outermost in, are those of the path."""
        self._parts: list[str] = []

    def meet_document_type(self, *_what: object) -> None:
        raise _Stop

    def begin(self, name: str, _attributes: object) -> None:
        if self._matched == self._depth < len(self._path) and name == self._path[self._depth]:
            self._matched += 1
        self._depth += 1

    def take(self, part: str) -> None:
        if self._is_there():
            self._parts.append(part)

    def end(self, _name: str) -> None:
        if self._is_there():
            self.text = "".join(self._parts)
            raise _Stop
        self._depth -= 1
        self._matched = min(self._matched, self._depth)

    def _is_there(self) -> bool:
        return self._depth == self._matched == len(self._path)
