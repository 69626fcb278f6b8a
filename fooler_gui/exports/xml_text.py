"""Finds one text in untrusted XML and keeps nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from xml.parsers import expat


def text_at(content: bytes, path: Sequence[str]) -> str | None:
    """Returns the text of the first element at `path` in a document, without that of its children; or None.

    Reading stops at a document type: only that could declare entities, which can expand to gigabytes or refer to other
    files.

    Args:
        content: The beginning of the document, or all of it, in UTF-8. Time and memory grow with its length only.
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
    """Nothing more needs to be read."""


class _Finder:
    """Descends the nested elements of a path."""

    def __init__(self, path: Sequence[str]) -> None:
        self.text: str | None = None
        self._path = path
        self._depth = 0
        self._matched = 0
        """How many of the open elements, from the outermost in, match the path."""
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
