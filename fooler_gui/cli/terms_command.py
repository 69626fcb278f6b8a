"""``fooler terms``: lists the terms of the cost, including those of other packages."""

from __future__ import annotations

import argparse

from fooler_gui.cli.listing import listing
from fooler_gui.cli.output import Result
from fooler_gui.cli.session import begun_session
from fooler_gui.core.formats import format_number
from fooler_gui.core.terms import TERMS, Term

_SCOPES = {
    "output": "the classifier's output",
    "layer": "each recorded layer",
    "pixels": "the pixels",
}


def run(_options: argparse.Namespace) -> Result:
    """Lists every term with its formula and source, and what was left out and why.

    Raises:
        LabError: The dataset cannot be used.
    """
    with begun_session():  # checks what other packages offer
        return listing("terms", TERMS, _facts, _text)


def _facts(term: Term) -> dict[str, object]:
    names = ("name", "title", "scope", "formula", "meaning", "source", "default")
    return {name: getattr(term, name) for name in names}


def _text(term: Term) -> tuple[str, dict[str, str]]:
    return term.title, {
        "Cost": term.formula,
        "Where": term.meaning,
        "Looks at": _SCOPES[term.scope],
        "Coefficient": f"{term.coefficient_key or f'{term.name} in term_coeffs'}, {format_number(term.default)}",
        "Source": term.source,
    }
