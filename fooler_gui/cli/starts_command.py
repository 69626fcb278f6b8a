"""``fooler starts``: lists the kinds of synthetic images, including those of other packages."""

from __future__ import annotations

import argparse

from fooler_gui.cli.listing import listing
from fooler_gui.cli.output import Result
from fooler_gui.core.image_kinds import KINDS, USES, ImageKind


def run(_options: argparse.Namespace) -> Result:
    """Lists every kind of image with its formula and source, and what was left out and why."""
    return listing("starts", KINDS, _facts, _text)


def _facts(kind: ImageKind) -> dict[str, object]:
    facts = {name: getattr(kind, name) for name in ("name", "title", "tip", "formula", "source")}
    return {**facts, "uses": {use: kind.name_in(use) for use in kind.uses}}


def _text(kind: ImageKind) -> tuple[str, dict[str, str]]:
    uses = {USES[use]: "" if kind.name_in(use) == kind.name else f" (as {kind.name_in(use)})" for use in kind.uses}
    return kind.title, {
        "Name": kind.name,
        "Images": kind.tip,
        "Formula": kind.formula,
        "Uses": "; ".join(f"{words}{other}" for words, other in uses.items()),
        "Source": kind.source,
    }
