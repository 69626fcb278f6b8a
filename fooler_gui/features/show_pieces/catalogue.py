"""The show-pieces, in the order of the menu."""

from __future__ import annotations

from typing import Any

from fooler_gui.core.class_words import classes_word
from fooler_gui.core.coefficient_presets import strong_penalties, usual_coefficients
from fooler_gui.core.settings import DescentSettings, RetrainingSettings, no_penalties
from fooler_gui.features.show_pieces.show_piece import (
    SLOTS,
    Retraining,
    Run,
    Scene,
    ShowPiece,
    needs_another_class,
    needs_dataset,
)

_RETRAINING = RetrainingSettings(steps=500)


def _usual(scene: Scene) -> dict[str, Any]:
    classifier = scene.classifier
    return {
        "labels": (scene.label,),
        "coefficients": usual_coefficients(classifier.recorded_layers, classifier.layer_distances),
    }


def _strong(scene: Scene) -> dict[str, Any]:
    classifier = scene.classifier
    return {
        "labels": (scene.label,),
        "coefficients": strong_penalties(classifier.recorded_layers, classifier.layer_distances),
    }


def _unpenalised(scene: Scene) -> dict[str, Any]:
    return {"labels": (scene.label,), "coefficients": no_penalties(scene.classifier.recorded_layers)}


def _of_many(scene: Scene) -> dict[str, Any]:
    return _usual(scene) | {"labels": scene.many}


def _attack_on_many(scene: Scene) -> dict[str, Any]:
    return _unpenalised(scene) | {"labels": scene.many}


def _from_another(scene: Scene) -> dict[str, Any]:
    # Closeness would hold it back: at the start the net is so sure of what it sees that the misclassification cost has
    # hardly any gradient. Without it no pixel of MNIST's first 7 changes by more than 0.17 on its way to a 3.
    descent = DescentSettings(max_steps=200, reinitialise_below=0.0)
    return _unpenalised(scene) | {"slots": 1, "descent": descent}


def _count(scene: Scene) -> str:
    return f"{len(scene.many) * SLOTS}"


def _class_word(scene: Scene) -> str:
    return classes_word(scene.classifier.class_names, 1)


SHOW_PIECES: tuple[ShowPiece, ...] = (
    ShowPiece(
        name="static",
        title=lambda scene: f"Static that is {scene.called(scene.label)}",
        parts=(
            Run(
                caption=lambda scene: (
                    "All eight images begin as static and stay static to the eye. Watch the number under each: how "
                    f"sure the net is that it sees {scene.called(scene.label)}."
                ),
                changes=_usual,
            ),
        ),
        closing=lambda scene, results: (
            f"The net is sure that it sees {scene.called(scene.label)} in {results[0].words}. Go back on the timeline "
            "under the images: to the eye they hardly changed."
        ),
    ),
    ShowPiece(
        name="other",
        title=lambda scene: f"{scene.called(scene.other)} that is {scene.called(scene.label)}",
        parts=(
            Run(
                caption=lambda scene: (
                    f"This image of the dataset is {scene.called(scene.other)}. Watch the net change its mind while "
                    "your eye does not."
                ),
                changes=_from_another,
                from_image=True,
            ),
        ),
        closing=lambda scene, _results: (
            f"Still {scene.called(scene.other)} to the eye; to the net it is {scene.called(scene.label)}. Beside "
            "it stand the original and the difference, enlarged."
        ),
        why_not=needs_another_class,
    ),
    ShowPiece(
        name="many",
        title=lambda scene: f"{_count(scene)} at once",
        parts=(
            Run(
                caption=lambda scene: (
                    f"A row for each {_class_word(scene)}, each from static. Watch how few steps it takes until the "
                    f"net is sure of all {_count(scene)}."
                ),
                changes=_of_many,
            ),
        ),
        closing=lambda _scene, results: (
            f"The net is sure of {results[0].words}, and not one of them shows anything. Double-click one to look "
            "closer."
        ),
    ),
    ShowPiece(
        name="penalties",
        title=lambda _scene: "Penalties off and on, side by side",
        parts=(
            Run(
                caption=lambda _scene: (
                    "Penalties off: only the label counts. Watch the images stay the grey static they began as."
                ),
                changes=_unpenalised,
            ),
            Run(
                caption=lambda _scene: (
                    "Strong penalties, the same noise: images must keep away from the training images and from each "
                    "other. Watch them turn black and white."
                ),
                changes=_strong,
            ),
        ),
        closing=lambda _scene, results: (
            f"Left without penalties, sure of {results[0].words}; right with strong ones, {results[1].words}. The "
            "window Two runs shows both on one timeline."
        ),
        opens="comparison",
        why_not=needs_dataset,
    ),
    ShowPiece(
        name="mend",
        title=lambda _scene: "Mend it, then attack it again",
        parts=(
            Run(
                caption=lambda scene: (
                    f"First the attack: {_count(scene)} images of static. Watch how soon the net is sure of them."
                ),
                changes=_attack_on_many,
            ),
            Retraining(
                caption=lambda _scene: (
                    "Now it is retrained with what was found, labelled as nothing in particular. The Retrain panel "
                    "compares it before and after: its accuracy on test images should stay."
                ),
                settings=_RETRAINING,
            ),
            Run(
                caption=lambda _scene: (
                    "The same attack on the retrained net, from other static. Watch how many images still fool it."
                ),
                changes=_attack_on_many,
                seed_offset=1,
            ),
        ),
        closing=lambda _scene, results: (
            f"Before, the net was sure of {results[0].words}; retrained, of {results[1].words}. Once is "
            "seldom enough: Rounds, Ctrl+R, go on. The retrained net stays in use; Use former puts back the one before."
        ),
        why_not=needs_dataset,
    ),
    ShowPiece(
        name="opinion",
        title=lambda _scene: "What others see in the same images",
        parts=(
            Run(
                caption=lambda scene: (
                    f"Static again, until the net is sure of {scene.called(scene.label)}. Then others are asked."
                ),
                changes=_usual,
            ),
        ),
        closing=lambda _scene, _results: (
            "The line under the large sentence says what others see. Click one image after another: they seldom agree. "
            "More under Second opinion in the inspector."
        ),
        opens="inspector",
        why_not=needs_dataset,
    ),
)
