"""``fooler terms``: the terms that a cost is made of, those of other packages among them."""

from __future__ import annotations

import argparse

from fooler_gui.cli.output import Result, facts_in_lines
from fooler_gui.cli.session import begun_session
from fooler_gui.core.formats import format_number
from fooler_gui.core.terms import Term, find_terms, known_terms, left_out

_SCOPES = {
    "output": "what the classifier says",
    "layer": "each recorded layer",
    "pixels": "the pixels",
}


def run(_options: argparse.Namespace) -> Result:
    """Lists every term with its formula and source, and what was left out with the reason.

    Raises:
        LabError: The dataset cannot be used.
    """
    with begun_session():  # which tries what other packages offer
        terms = known_terms()
    return Result(
        facts={"terms": [_facts(term) for term in terms.values()], "left_out": list(left_out())},
        text="\n\n".join([*map(_text, terms.values()), *left_out()]),
    )


def _package(term: Term) -> str:
    return find_terms().packages.get(term.name, "fooler-gui")


def _facts(term: Term) -> dict[str, object]:
    return {
        "name": term.name,
        "title": term.title,
        "scope": term.scope,
        "formula": term.formula,
        "meaning": term.meaning,
        "source": term.source,
        "default": term.default,
        "package": _package(term),
    }


def _text(term: Term) -> str:
    facts = {
        "Cost": term.formula,
        "Where": term.meaning,
        "Looks at": _SCOPES[term.scope],
        "Coefficient": f"{term.coefficient_key or f'{term.name} in term_coeffs'}, {format_number(term.default)}",
        "Source": term.source,
        "Package": _package(term),
    }
    indented = "\n".join(f"  {line}" for line in facts_in_lines(facts).splitlines())
    return f"{term.title}\n{indented}"
