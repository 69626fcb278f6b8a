from __future__ import annotations

import itertools

import numpy as np
import pytest
from generators import outcome
from tiny import TINY_NET, make_classifier

from fooler_gui.core.messages import TrainingProgress
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.mending.training import (
    DivergedTraining,
    Examples,
    Trainer,
    accuracy_on,
    examples_of,
    shuffled_batches,
    target_of_nothing,
)
from fooler_gui.engine.nets.classifier import Classifier

HELD_BACK = 8


def fresh() -> Classifier:
    return make_classifier(TINY_NET, rng_seed=2, factor=2.0)


def train(
    trainer: Trainer,
    dataset: Dataset,
    control: RunControl | None = None,
    *,
    steps: int = 40,
    learning_rate: float = 0.01,
    rng_seed: int = 0,
    stop_at: int | None = None,
) -> tuple[list[TrainingProgress], int]:
    """Returns every progress and how many steps were done; asks for a stop after the progress of step `stop_at`."""
    control = control or RunControl()
    training = trainer.train(
        examples_of(dataset, HELD_BACK),
        (dataset.train_images[:HELD_BACK], dataset.train_labels[:HELD_BACK]),
        control,
        steps=steps,
        batch_size=10,
        learning_rate=learning_rate,
        rng_seed=rng_seed,
    )
    return outcome(training, lambda report: control.stop() if report.step == stop_at else None)


def weights_of(classifier: Classifier) -> list[np.ndarray]:
    return classifier.network.get_weights()


def same_weights(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def trained(dataset: Dataset) -> tuple[Classifier, list[TrainingProgress], int]:
    """A classifier after 120 steps, with all reports of progress; nobody may change its weights."""
    classifier = fresh()
    reports, steps = train(Trainer(classifier), dataset, steps=120)
    return classifier, reports, steps


Trained = tuple[Classifier, list[TrainingProgress], int]


def test_the_loss_falls_and_the_classes_are_learnt(trained: Trained, dataset: Dataset) -> None:
    classifier, reports, steps = trained
    assert steps == 120
    assert reports[-1].loss < 0.3 * reports[0].loss
    assert accuracy_on(fresh(), dataset.test_images, dataset.test_labels) < 0.8
    assert accuracy_on(classifier, dataset.test_images, dataset.test_labels) > 0.9


def test_progress_tells_every_tenth_step_and_the_last(trained: Trained) -> None:
    _, reports, _ = trained
    assert [report.step for report in reports] == list(range(10, 121, 10))
    for report in reports:
        assert report.steps == 120
        assert report.images_per_second > 0
        expected = (120 - report.step) * 10 / report.images_per_second
        assert report.seconds_left == pytest.approx(expected)
    assert reports[-1].seconds_left == 0


def test_the_validation_accuracy_is_measured_now_and_then_and_at_the_end(trained: Trained, dataset: Dataset) -> None:
    classifier, reports, _ = trained
    measured = [report.validation_accuracy for report in reports if report.validation_accuracy is not None]
    assert len(measured) >= 2
    assert all(0 <= accuracy <= 1 for accuracy in measured)
    held_back = dataset.train_images[:HELD_BACK], dataset.train_labels[:HELD_BACK]
    assert reports[-1].validation_accuracy == accuracy_on(classifier, *held_back)


def test_the_reported_loss_is_the_mean_cross_entropy_of_an_image(dataset: Dataset) -> None:
    classifier = fresh()
    # Ten steps that change next to nothing see 100 images: the epochs' mean is close to that over all images.
    reports, _ = train(Trainer(classifier), dataset, steps=10, learning_rate=1e-7)
    probabilities = classifier.probabilities(to_float(dataset.train_images[HELD_BACK:]))
    own = probabilities[np.arange(len(probabilities)), dataset.train_labels[HELD_BACK:]]
    assert reports[-1].loss == pytest.approx(float(-np.log(own).mean()), rel=0.2)


def test_an_odd_number_of_steps_is_reported_to_its_end(dataset: Dataset) -> None:
    reports, steps = train(Trainer(fresh()), dataset, steps=13)
    assert [report.step for report in reports] == [10, 13]
    assert steps == 13


def test_the_same_seed_trains_the_same_weights_and_another_one_others(trained: Trained, dataset: Dataset) -> None:
    again, other = fresh(), fresh()
    train(Trainer(again), dataset, steps=120)
    train(Trainer(other), dataset, steps=120, rng_seed=1)
    assert same_weights(weights_of(trained[0]), weights_of(again))
    assert not same_weights(weights_of(trained[0]), weights_of(other))


def test_a_stop_ends_within_one_batch_and_keeps_the_weights(dataset: Dataset) -> None:
    classifier, control = fresh(), RunControl()
    before = weights_of(classifier)
    reports, steps = train(Trainer(classifier), dataset, control, steps=10_000, stop_at=20)
    assert steps == 20
    assert reports[-1].step == 20
    stopped = weights_of(classifier)
    assert not same_weights(before, stopped)
    straight = fresh()
    train(Trainer(straight), dataset, steps=20)
    assert same_weights(stopped, weights_of(straight))


def test_a_stop_before_the_first_step_changes_nothing(dataset: Dataset) -> None:
    classifier, control = fresh(), RunControl()
    before = weights_of(classifier)
    control.stop()
    assert train(Trainer(classifier), dataset, control) == ([], 0)
    assert same_weights(before, weights_of(classifier))


def test_a_training_continued_goes_on_from_its_weights_and_moments(dataset: Dataset) -> None:
    classifier = fresh()
    trainer = Trainer(classifier)
    first, _ = train(trainer, dataset, steps=40)
    halfway = weights_of(classifier)
    second, _ = train(trainer, dataset, steps=40, rng_seed=1)
    assert not same_weights(halfway, weights_of(classifier))
    assert second[0].loss < first[0].loss
    without_moments = fresh()
    without_moments.network.set_weights(halfway)
    train(Trainer(without_moments), dataset, steps=40, rng_seed=1)
    assert not same_weights(weights_of(without_moments), weights_of(classifier))


def test_a_training_that_diverges_ends_with_a_sentence(dataset: Dataset) -> None:
    classifier = fresh()
    classifier.network.set_weights([1e30 * weights for weights in weights_of(classifier)])
    with pytest.raises(
        DivergedTraining, match=r"no longer a finite number after \d+ steps.*learning rate avoids this\."
    ):
        train(Trainer(classifier), dataset, steps=30, learning_rate=1.0)


def test_a_stop_does_not_keep_weights_that_are_no_numbers(dataset: Dataset) -> None:
    classifier, control = fresh(), RunControl()
    training = Trainer(classifier).train(
        examples_of(dataset, 0), (dataset.train_images[:0], dataset.train_labels[:0]), control,
        steps=30, batch_size=10, learning_rate=0.01, rng_seed=0,
    )  # fmt: skip
    assert next(training).step == 10
    classifier.network.set_weights([np.full_like(weights, np.nan) for weights in weights_of(classifier)])
    taken = iter([False, False, False, True])
    original = control.next

    def stop_soon() -> object:
        if next(taken):
            control.stop()
        return original()

    control.next = stop_soon  # type: ignore[method-assign, assignment]
    with pytest.raises(DivergedTraining, match="after 13 steps"):
        next(training)


def test_a_weight_that_is_no_finite_number_ends_the_training_though_the_loss_is_one(dataset: Dataset) -> None:
    classifier = fresh()
    bias = classifier.network.get_layer("conv0_filters").bias
    bias.assign(np.full(bias.shape, -np.inf))  # the ReLU behind it makes nothing of it
    with pytest.raises(DivergedTraining, match=r"^conv0_filters/bias is no longer a finite number after 10 steps"):
        train(Trainer(classifier), dataset)


def test_without_validation_images_there_is_no_validation_accuracy(dataset: Dataset) -> None:
    training = Trainer(fresh()).train(
        examples_of(dataset, 0),
        (dataset.train_images[:0], dataset.train_labels[:0]),
        RunControl(),
        steps=10,
        batch_size=4,
        learning_rate=0.01,
        rng_seed=0,
    )
    assert [report.validation_accuracy for report in training] == [None]


def test_examples_leave_the_validation_images_out(dataset: Dataset) -> None:
    examples = examples_of(dataset, HELD_BACK)
    assert len(examples) == len(dataset.train_images) - HELD_BACK
    np.testing.assert_array_equal(examples.images, dataset.train_images[HELD_BACK:])


def test_targets_are_one_hot_for_training_images_and_uniform_for_extra_ones() -> None:
    images = np.arange(3 * 4, dtype=np.uint8).reshape(3, 2, 2, 1)
    extra = np.linspace(0, 1, 8, dtype=np.float32).reshape(2, 2, 2, 1)
    examples = Examples(
        images=images,
        labels=np.array([4, 0, 2], np.uint8),
        classes=5,
        extra_images=extra,
        extra_target=target_of_nothing(5),
    )
    assert len(examples) == 5
    batch, targets = examples.batch(np.array([3, 0, 4, 2]))
    np.testing.assert_array_equal(batch[[0, 2]], extra)
    np.testing.assert_allclose(batch[[1, 3]], images[[0, 2]] / 255, rtol=1e-6)
    np.testing.assert_allclose(targets, [[0.2] * 5, [0, 0, 0, 0, 1], [0.2] * 5, [0, 0, 1, 0, 0]], rtol=1e-6)
    assert batch.dtype == targets.dtype == np.float32


@pytest.mark.parametrize(("count", "size"), [(7, 3), (6, 3), (3, 7), (1, 4)])
def test_batches_take_every_image_once_an_epoch(count: int, size: int) -> None:
    batches = list(itertools.islice(shuffled_batches(count, size, 0), 4 * count))
    assert {len(batch) for batch in batches} == {size}
    indices = np.concatenate(batches)
    epochs = indices[: len(indices) // count * count].reshape(-1, count)
    assert (np.sort(epochs, axis=1) == np.arange(count)).all()
    assert count < 6 or len({tuple(epoch) for epoch in epochs}) > 1


def test_the_accuracy_is_the_share_of_images_that_are_right(classifier: Classifier, dataset: Dataset) -> None:
    probabilities = classifier.probabilities(to_float(dataset.test_images))
    expected = float(np.mean(probabilities.argmax(axis=1) == dataset.test_labels))
    assert accuracy_on(classifier, dataset.test_images, dataset.test_labels) == expected
    assert accuracy_on(classifier, dataset.test_images, dataset.test_labels, chunk=5) == expected
    assert accuracy_on(classifier, dataset.test_images[:0], dataset.test_labels[:0]) is None


def test_a_stop_ends_the_measuring_of_the_accuracy(classifier: Classifier, dataset: Dataset) -> None:
    control = RunControl()
    control.stop()
    assert accuracy_on(classifier, dataset.test_images, dataset.test_labels, control) is None
