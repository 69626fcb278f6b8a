"""The guide's pages: Markdown files in ``resources/guide``, in the order in which they are listed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtGui import QTextDocument

from fooler_gui.resources import resource

NAMES = (
    "what-you-see",
    "first-lesson",
    "questions",
    "glossary",
    "keys",
    "method",
    "own-data",
    "inspector",
    "inside-the-net",
    "recorded-layers",
    "runs",
    "figures",
    "rounds",
    "evaluation",
    "guarantee",
    "other-nets",
    "least-change",
    "sweeps",
    "what-sweeps-found",
    "evolution",
    "exports",
    "command-line",
    "files",
    "plug-ins",
    "measurements",
    "inside",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideText:
    """A page of the guide.

    Attributes:
        name: The name of its file, without ending.
        title: Its first heading, up to a colon.
        markdown: Its content.
        plain: The words that are shown, without their marks, in small letters.
    """

    name: str
    title: str
    markdown: str
    plain: str

    def has(self, words: list[str]) -> bool:
        """Returns whether every one of `words`, in small letters, occurs in it."""
        return all(word in self.plain for word in words)


def guide_folder() -> Path:
    """Returns the folder of the guide's pages.

    Raises:
        FileNotFoundError: It is not installed.
    """
    return resource("guide")


@cache
def guide_texts() -> tuple[GuideText, ...]:
    """Returns the guide's pages in order."""
    return tuple(map(_read, NAMES))


def anchor_of(heading: str) -> str:
    """Returns what GitHub calls `heading` in links."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _read(name: str) -> GuideText:
    markdown = (guide_folder() / f"{name}.md").read_text(encoding="utf-8")
    document = QTextDocument()
    document.setMarkdown(markdown)
    plain = document.toPlainText()
    return GuideText(name=name, title=re.split("[:\n]", plain, maxsplit=1)[0], markdown=markdown, plain=plain.lower())
