from __future__ import annotations

from dataclasses import replace

from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.run_differences import coefficients_in_words, differences, settings_in_words
from fooler_gui.core.run_spec import BRANCH, Parent, RunSpec
from fooler_gui.core.settings import METHODS, DescentSettings, article_coefficients

SPEC = RunSpec(classifier="/a/article.keras", labels=(3,), coefficients=article_coefficients(("inputs", "fc")))
NAMES = tuple("0123456789")


def differing(**changes: object) -> list[tuple[str, str, str]]:
    other = replace(SPEC, **changes)
    found = differences(settings_in_words(SPEC, NAMES), settings_in_words(other, NAMES))
    return [(each.name, each.left, each.right) for each in found]


def test_every_setting_is_told_in_words():
    words = settings_in_words(SPEC, NAMES)
    assert words["Labels"] == "3"
    assert words["Start"] == "uniform noise"
    assert words["At most"] == "60 steps"
    assert words["Learning rate"] == "0.01 of the pixel range per step"
    assert words["Count self-pairs in the batch distance"] == "off"
    assert words["Coefficient of misclassification"] == "10"
    assert list(words)[-1] == "Coefficient of fc"


def test_coefficients_are_called_as_on_screen():
    assert coefficients_in_words(SPEC.coefficients) == {
        "misclassification": "10",
        "reference": "0.5",
        "batch": "0.5",
        "closeness": "0",
        "total variation": "0",
        "inputs": "1e-5",
        "fc": "0.01",
    }


def test_the_same_settings_do_not_differ():
    assert differing() == []


def test_each_difference_is_told_with_both_values():
    assert differing(rng_seed=7, slots=4, descent=DescentSettings(max_steps=10_000, min_probability=0.9999999)) == [
        ("Slots per label", "8", "4"),
        ("Random seed", "0", "7"),
        ("Stop at lowest p", "0.999", "0.9999999"),
        ("At most", "60 steps", "10,000 steps"),
    ]
    assert len(differing(method=METHODS["2016"])) == 4


def test_a_branch_tells_where_it_begins():
    changes = {"start": BRANCH, "parent": Parent(run="0123456789abcdef", step=1234)}
    assert differing(**changes) == [("Start", "uniform noise", "step 1,234 of run 01234567")]


def test_a_layer_that_only_one_run_has_is_missing_in_the_other():
    alone = replace(SPEC.coefficients, layer_cost_coeffs={"fc": 0.01})
    assert differing(coefficients=alone) == [("Coefficient of inputs", "1e-5", "–")]


def test_classifiers_are_told_by_their_names_unless_these_are_the_same():
    assert differing(classifier="/b/mended.keras") == [("Classifier", "article.keras", "mended.keras")]
    assert differing(classifier="/b/article.keras") == [("Classifier", "/a/article.keras", "/b/article.keras")]


def test_an_ensembles_further_classifiers_are_told_with_their_weights():
    further = (FurtherClassifier(classifier="b.keras", weight=0.5), FurtherClassifier(classifier="c.keras"))
    assert differing(further=further) == [("Further classifiers", "–", "b.keras (weight 0.5), c.keras (weight 1)")]


def test_labels_without_a_name_are_called_by_their_numbers():
    assert settings_in_words(replace(SPEC, labels=(0, 12)), NAMES)["Labels"] == "0, 12"
