from __future__ import annotations

import json

from fooler_gui.core.terms import known_terms


def test_every_term_is_listed_with_formula_and_source(fooler):
    outcome = fooler("terms", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    listed = json.loads(outcome.out)
    assert listed["left_out"] == []
    assert [term["name"] for term in listed["terms"]] == list(known_terms())
    for term in listed["terms"]:
        own = known_terms()[term["name"]]
        assert (term["formula"], term["source"], term["package"]) == (own.formula, own.source, "fooler-gui")


def test_the_text_names_what_a_coefficient_is_called_in_files(fooler):
    text = fooler("terms").out
    assert "reference_cost_coeff, 0.5" in text
    assert "closeness in term_coeffs, 0" in text
