from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from plug_ins import installed_packages

from fooler_gui.core.settings import CostCoefficients, SettingError, article_coefficients
from fooler_gui.core.terms import GROUP, LAYER, OUTPUT, PIXELS, TERMS, Term, TermError, known_terms

OWN = ("misclassification", "reference", "batch", "closeness", "total_variation")
GOOD = """
from fooler_gui.core.terms import PIXELS, Term

TERM = Term(
    name="brightness", title="brightness", scope=PIXELS, formula="mean(x)", meaning="x is a pixel.",
    effect="images become darker", source="a test", slot_values=lambda view: view.images, rank=15,
)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Installs a package with one module, which offers its `TERM`."""
    with installed_packages(tmp_path, monkeypatch, TERMS) as install_package:
        yield lambda name, source: install_package(
            {f"{name}.py": source}, name, {GROUP: {f"{name}_term": f"{name}:TERM"}}
        )


def make_term(**changes: Any) -> Term:
    facts = {
        "name": "brightness", "title": "brightness", "scope": PIXELS, "formula": "mean(x)", "meaning": "x is a pixel.",
        "effect": "images become darker", "source": "a test", "slot_values": lambda view: view.images,
    }  # fmt: skip
    return Term(**facts | changes)


def test_the_programs_own_terms_stand_in_their_order() -> None:
    assert tuple(known_terms()) == OWN
    assert [name for name, term in known_terms().items() if term.is_of_layers] == ["reference", "batch"]
    assert [name for name, term in known_terms().items() if term.is_optional] == ["closeness", "total_variation"]
    assert [term.scope for term in known_terms().values()] == [OUTPUT, LAYER, LAYER, PIXELS, PIXELS]
    assert [name for name, term in known_terms().items() if term.measures_nearest] == ["reference"]
    assert {name: term.least_slots for name, term in known_terms().items() if term.least_slots > 1} == {"batch": 2}
    assert TERMS.left_out() == ()


def test_coefficients_are_called_by_the_terms_keys_or_else_by_their_names() -> None:
    assert [term.coefficient_name for term in known_terms().values()] == [
        "misclassification_coeff", "reference_cost_coeff", "batch_cost_coeff", "term_coeff_closeness",
        "term_coeff_total_variation",
    ]  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_every_term_says_what_it_is(name: str) -> None:
    term = known_terms()[name]
    assert term.name == name
    for text in (term.title, term.formula, term.meaning, term.effect, term.source):
        assert text
    assert term.meaning.endswith(".")
    assert len(term.little_title) <= len(term.title)


def test_terms_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        known_terms()["batch"] = make_term()  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "Bright"}, "A term's name must be lower-case letters, digits and underscores; received 'Bright'."),
        ({"name": "a b"}, "A term's name must be lower-case letters, digits and underscores; received 'a b'."),
        ({"name": "2nd"}, "A term's name must be lower-case letters, digits and underscores; received '2nd'."),
        ({"name": ""}, "A term's name must be lower-case letters, digits and underscores; received ''."),
        ({"name": 3}, "A term's name must be lower-case letters, digits and underscores; received 3."),
        ({"scope": "image"}, "The scope of brightness must be one of output, layer, pixels; received 'image'."),
        ({"default": -1}, "The default coefficient of brightness must be a number from 0 to 1000000; received -1."),
        ({"default": "1"}, "The default coefficient of brightness must be a number from 0 to 1000000; received '1'."),
        (
            {"default": 2e6},
            "The default coefficient of brightness must be a number from 0 to 1000000; received 2000000.0.",
        ),
        (
            {"default": float("nan")},
            "The default coefficient of brightness must be a number from 0 to 1000000; received nan.",
        ),
        ({"slot_values": 3}, "slot_values of brightness must be a function; received 3."),
        ({"title": None}, "title of brightness must be a text; received None."),
        ({"effect": 3}, "effect of brightness must be a text; received 3."),
        ({"least_slots": 0}, "least_slots of brightness must be a whole number of at least 1; received 0."),
        ({"rank": "first"}, "rank of brightness must be a whole number of at least 0; received 'first'."),
    ],
)  # fmt: skip
def test_what_is_no_term_is_refused_with_its_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TermError) as caught:
        make_term(**changes)
    assert str(caught.value) == sentence


def test_a_term_of_another_package_joins_the_others_by_its_rank(install: Callable[[str, str], None]) -> None:
    install("bright", GOOD)
    assert tuple(known_terms()) == ("misclassification", "reference", "brightness", *OWN[2:])
    assert TERMS.left_out() == ()
    coefficients = article_coefficients(("inputs",)).with_terms(brightness=0.5)
    assert coefficients.flat()["term_coeff_brightness"] == 0.5
    assert coefficients.to_dict()["term_coeffs"] == {"brightness": 0.5}
    assert CostCoefficients.from_dict(coefficients.to_dict(), ("inputs",)) == coefficients


def test_the_coefficient_of_a_term_whose_package_is_gone_is_refused_with_a_sentence() -> None:
    with pytest.raises(SettingError, match=r"^There is no term 'brightness'; there are misclassification, reference, "):
        CostCoefficients.from_dict({"term_coeffs": {"brightness": 0.5}}, ("inputs",))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise RuntimeError('it wants a newer program.')", "it wants a newer program"),
        ("raise RuntimeError('first\\n  second')", "first second"),
        ("raise ValueError", "it cannot be loaded"),
        ("raise SystemExit(3)", "it cannot be loaded"),
        ("import no_such_module_of_anybody", "No module named 'no_such_module_of_anybody'"),
        ("", "module 'strange' has no attribute 'TERM'"),
        ("TERM = 3", "strange:TERM must be of the class Term, and is not"),
        (GOOD.replace('"brightness", title', '"batch", title'), "there is a term called batch already"),
        (
            GOOD.replace("scope=PIXELS", 'scope="image"'),
            "The scope of brightness must be one of output, layer, pixels; received 'image'",
        ),
        (
            GOOD.replace("rank=15", "rank=None"),
            "rank of brightness must be a whole number of at least 0; received None",
        ),
        (
            GOOD.replace("rank=15", 'coefficient_key="batch_cost_coeff"'),
            "its coefficient must be in the table term_coeffs, not at batch_cost_coeff",
        ),
    ],
)  # fmt: skip
def test_what_another_package_offers_and_cannot_be_used_is_named_in_a_sentence_and_left_out(
    install: Callable[[str, str], None], source: str, reason: str
) -> None:
    install("strange", source)
    assert tuple(known_terms()) == OWN
    assert TERMS.left_out() == (f"The term strange_term of strange is left out: {reason}.",)


def test_of_several_packages_the_good_ones_are_taken(install: Callable[[str, str], None]) -> None:
    install("broken", "raise RuntimeError('it is broken')")
    install("bright", GOOD)
    install("bright_again", GOOD)
    assert set(known_terms()) == {*OWN, "brightness"}
    assert len(TERMS.left_out()) == 2
    assert "The term broken_term of broken is left out: it is broken." in TERMS.left_out()


def test_terms_are_looked_for_once(install: Callable[[str, str], None]) -> None:
    install("bright", GOOD)
    assert TERMS.find() is TERMS.find()


def test_core_and_the_terms_load_no_tensorflow() -> None:
    code = (
        "import sys; from fooler_gui.core.terms import known_terms; import fooler_gui.core.settings; "
        "import fooler_gui.core.cost_facts; print(*known_terms()); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    terms, modules = done.stdout.splitlines()
    assert terms.split() == list(OWN)
    loaded = set(modules.split())
    assert "fooler_gui.terms.total_variation" in loaded
    assert not loaded & {"tensorflow", "keras", "PySide6", "PIL"}
