from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from fooler_gui.core.plug_ins import Found
from fooler_gui.core.terms import LAYER, OUTPUT, PIXELS, TERMS, Term, known_terms
from fooler_gui.engine.cost.term_check import problem_of


def offered(slot_values: Callable[[Any], Any], scope: str = PIXELS, name: str = "offered") -> Term:
    return Term(
        name=name, title="offered", scope=scope, formula="f", meaning="m.", effect="e", source="s",
        slot_values=slot_values,
    )  # fmt: skip


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Callable[[Term], None]:
    """Returns what has a term be offered by another package, until the test is over."""
    own = dict(known_terms())
    monkeypatch.setattr(TERMS, "_unusable", {})

    def offer(term: Term) -> None:
        found = Found(entries=own | {term.name: term}, packages={term.name: "pack"})
        monkeypatch.setattr(TERMS, "_found", found)

    return offer


@pytest.mark.parametrize("name", known_terms())
def test_the_programs_own_terms_can_be_computed(name: str) -> None:
    assert problem_of(known_terms()[name]) == ""


@pytest.mark.parametrize(
    ("slot_values", "scope", "problem"),
    [
        (lambda view: tf.reduce_mean(view.images), PIXELS, r"must have the shape .* \(2, 3\); received \(\)"),
        (lambda view: view.patterns, LAYER, r"received \(2, 3, 5\)"),
        (lambda view: tf.reduce_sum(tf.math.log(view.logits - 9), axis=2), OUTPUT, "must be finite"),
        (lambda view: tf.reduce_sum(tf.sqrt(view.images - view.images), axis=(2, 3, 4)), PIXELS, "gradient of its"),
        (lambda view: tf.ones((2, 3)), PIXELS, "no gradient"),
        (lambda view: view.no_such_thing, PIXELS, "slot_values fail"),
        (lambda view: np.asarray(view.images).mean(axis=(2, 3, 4)), PIXELS, "slot_values fail"),
    ],
)
def test_a_term_that_cannot_be_computed_is_left_out_with_its_package_and_the_reason(
    registry: Callable[[Term], None], slot_values: Callable[[Any], Any], scope: str, problem: str
) -> None:
    registry(offered(slot_values, scope))
    assert "offered" in known_terms()
    TERMS.leave_out_unusable(problem_of)
    assert "offered" not in known_terms()
    (sentence,) = TERMS.left_out()
    assert sentence.startswith("The term offered of pack is left out: ")
    assert sentence.endswith(".")
    assert re.search(problem, sentence)


def test_a_good_term_of_another_package_stays(registry: Callable[[Term], None]) -> None:
    registry(offered(lambda view: tf.reduce_mean(tf.abs(view.images), axis=(2, 3, 4))))
    TERMS.leave_out_unusable(problem_of)
    assert "offered" in known_terms()
    assert TERMS.left_out() == ()
