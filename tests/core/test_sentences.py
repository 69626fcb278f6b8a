from __future__ import annotations

from dataclasses import replace

import numpy as np
from change_samples import make_found
from run_samples import make_spec
from saves import make_save

from fooler_gui.core.messages import RunFinished, TrainingProgress
from fooler_gui.core.sentences import (
    accuracy_sentence,
    change_sentence,
    finished_sentence,
    held_back_sentence,
    least_change_sentence,
    reached_sentence,
    run_sentence,
    training_sentence,
)
from fooler_gui.core.settings import DescentSettings, no_penalties


def test_a_run_tells_its_step_limit_lowest_probability_reinitialised_slots_and_speed() -> None:
    save = make_save(slots=3, step=37, probabilities=[0.941, 0.97, 0.9995], reinitialisations=np.array([[0, 2, 0]]))
    sentence = run_sentence(save, DescentSettings(), 52.4)
    assert sentence.startswith("Step 37 of at most 60 · lowest probability .9410 · 1 slot reinitialised")
    assert "52 steps/s" in sentence


def test_a_run_that_keeps_refining_tells_no_limit() -> None:
    sentence = run_sentence(make_save(step=1234), DescentSettings(keep_refining=True), 1.0)
    assert "of at most" not in sentence
    assert sentence.startswith("Step 1,234 ·")


def test_a_finished_run_tells_why_and_how_many_images_are_over_the_threshold() -> None:
    save = make_save(slots=4, probabilities=[0.9999, 0.5, 0.9995, 0.9])
    finished = RunFinished(stopped_by=("max_steps",), steps=60, seconds=8.2)
    sentence = finished_sentence(finished, save)
    assert sentence == (
        "Stopped after 60 steps, 8.2 s of computing: the step limit is reached. 2 of 4 images are over the threshold."
    )
    assert finished_sentence(finished, None) == "Stopped after 60 steps, 8.2 s of computing: the step limit is reached."


def test_a_run_of_a_unit_tells_its_activation_in_place_of_the_probability() -> None:
    save = make_save(slots=3, step=37, activations=[3.214, 2.5, 4.0], unit_done=3.0)
    assert run_sentence(save, DescentSettings(), None).startswith("Step 37 of at most 60 · lowest activation 2.50 · ")
    finished = RunFinished(stopped_by=("activation",), steps=60, seconds=8.2)
    assert finished_sentence(finished, save) == (
        "Stopped after 60 steps, 8.2 s of computing: every image is over the activation goal. 2 of 3 images are over "
        "the activation goal."
    )
    without_goal = make_save(slots=3, step=37, activations=[3.214, 2.5, 4.0], unit_done=float("inf"))
    finished = RunFinished(stopped_by=("max_steps",), steps=60, seconds=8.2)
    assert finished_sentence(finished, without_goal) == (
        "Stopped after 60 steps, 8.2 s of computing: the step limit is reached. The activations are 2.50 to 4.00."
    )


def test_a_run_from_a_picture_that_found_nothing_tells_what_holds_it_back() -> None:
    from_noise, nothing = make_spec(), make_save(slots=2, probabilities=[0.0, 0.1])
    from_picture = replace(from_noise, start="a seven.npz")
    advice = "The penalties hold a picture back; the preset no penalties takes fewer steps."
    assert held_back_sentence(from_picture, nothing) == advice
    assert held_back_sentence(from_picture, make_save(slots=2, probabilities=[0.0, 0.9999])) == ""
    assert held_back_sentence(from_noise, nothing) == ""
    unpenalised = no_penalties(from_picture.coefficients.layer_cost_coeffs)
    assert held_back_sentence(replace(from_picture, coefficients=unpenalised), nothing) == ""


def test_labels_that_stopped_for_different_reasons_are_counted() -> None:
    finished = RunFinished(stopped_by=("probability", "stopped", "probability", "tolerance"), steps=9, seconds=1)
    sentence = finished_sentence(finished, None)
    assert "for 2 labels every image is over the threshold" in sentence
    assert "for 1 label you stopped it" in sentence
    assert "for 1 label the cost no longer changed" in sentence


def test_a_training_tells_its_steps_speed_and_time_left() -> None:
    progress = TrainingProgress(
        step=1200, steps=20_000, loss=0.1, validation_accuracy=None, images_per_second=3456.7, seconds_left=130
    )
    assert training_sentence(progress) == "Training: step 1,200 of 20,000 · 3,457 images/s · 2:10 left"


def test_a_classifier_that_is_ready_tells_its_accuracy() -> None:
    assert "classifies 99.2 % of the test images correctly" in accuracy_sentence("article", 0.9923)


def test_changes_name_coefficients_as_people_do() -> None:
    changes = {"layer_cost_coeff_fc": 1.0, "batch_cost_coeff": 0.5, "misclassification_coeff": 1e-4}
    assert change_sentence(changes) == "fc 1, batch 0.5, misclassification 1e-4"


def test_a_figure_tells_how_many_images_are_over_its_threshold() -> None:
    assert reached_sentence(80, 80, 0.9999, 61) == "All 80 images are over 0.9999 after 61 steps."
    assert reached_sentence(78, 80, 0.999, 1_000) == "78 of 80 images are over 0.999 after 1,000 steps."
    assert reached_sentence(0, 1, 0.99999999, 1) == "0 of 1 images are over 0.99999999 after 1 step."
    assert reached_sentence(1, 1, 0.5, 2) == "The only image is over 0.5 after 2 steps."


def test_a_search_tells_which_images_were_of_the_label_from_the_start() -> None:
    report, names = make_found().report, tuple("0123456789")
    changed, missing = report.changes
    seen = replace(changed, start_class=report.label, l2=0.0, linf=0.0)
    unfound = replace(missing, start_class=report.label)
    told = {
        (changed, missing): "1 of 2 images became 1;",
        (changed, seen): "2 of 2 images became 1 (1 was 1 from the start); mean L2 1.960,",
        (seen, seen, unfound): "2 of 3 images became 1 (2 were 1 from the start);",
    }
    for changes, words in told.items():
        assert least_change_sentence(replace(report, changes=changes), names).startswith(words)
