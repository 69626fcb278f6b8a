from __future__ import annotations

import json

from plug_ins import installed_packages

from fooler_gui.core.image_kinds import GROUP, KINDS

WRONG = """
from fooler_gui.core.image_kinds import ImageKind

START = ImageKind(
    name="fog", title="Fog", tip="Grey.", formula="x_i = 1/2", source="a test", make=lambda wanted: [0.5] * wanted.count
)
"""


def test_every_start_is_listed_with_formula_source_and_uses(fooler):
    outcome = fooler("starts", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    listed = json.loads(outcome.out)
    assert listed["left_out"] == []
    assert [start["name"] for start in listed["starts"]] == list(KINDS.known())
    for start in listed["starts"]:
        own = KINDS.known()[start["name"]]
        assert (start["formula"], start["source"], start["package"]) == (own.formula, own.source, "fooler-gui")
    assert listed["starts"][0]["uses"] == {"runs": "noise", "rounds": "uniform", "evaluations": "uniform"}


def test_the_text_says_what_a_start_is_and_what_options_call_it(fooler):
    text = fooler("starts").out
    assert "Every pixel uniform in [0, 1)." in text
    assert "runs start from it (as noise)" in text


def test_starts_of_other_packages_that_cannot_be_used_are_named_in_sentences(fooler, tmp_path, monkeypatch):
    with installed_packages(tmp_path, monkeypatch, KINDS) as install:
        install({"wrong.py": WRONG}, "wrong", {GROUP: {"fog": "wrong:START"}})
        install({"broken.py": "raise RuntimeError('it is broken')"}, "broken", {GROUP: {"mist": "broken:START"}})
        listed = fooler("starts").out
        assert "The start fog of wrong is left out: its images must be a NumPy array; received list.\n" in listed
        assert "The start mist of broken is left out: it is broken.\n" in listed
        refused = fooler("backwork", "--label", 1, "--start", "fog")
    assert refused.code == 2
    assert refused.err.startswith("--start must be noise, averages, ")
