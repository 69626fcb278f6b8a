from __future__ import annotations

import json

from fooler_gui.core.image_kinds import KINDS


def test_every_start_is_listed_with_formula_source_and_uses(fooler):
    outcome = fooler("starts", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    told = json.loads(outcome.out)
    assert told["left_out"] == []
    assert [start["name"] for start in told["starts"]] == list(KINDS.known())
    for start in told["starts"]:
        own = KINDS.known()[start["name"]]
        assert (start["formula"], start["source"], start["package"]) == (own.formula, own.source, "fooler-gui")
    assert told["starts"][0]["uses"] == {"runs": "noise", "rounds": "uniform", "evaluations": "uniform"}


def test_the_text_says_what_a_start_is_and_what_options_call_it(fooler):
    text = fooler("starts").out
    assert "Every pixel uniform in [0, 1)." in text
    assert "runs start from it (as noise)" in text
