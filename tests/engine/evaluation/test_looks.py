from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from saves import make_save
from tiny import CLASS_NAMES, make_batch, make_classifier, make_control, noise

from fooler_gui.core.inspection import Inspection
from fooler_gui.core.save import Save, TermPlace
from fooler_gui.core.settings import METHODS, MethodSettings, article_coefficients
from fooler_gui.core.slot_actions import ReinitialiseSlot
from fooler_gui.core.terms import known_terms
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.cost.evaluation import Batch
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.evaluation.inspector import INDEPENDENT_NET, NEAREST_NEIGHBOURS, Inspector
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours

LABEL, SLOTS = 1, 4


@pytest.fixture(scope="module")
def second():
    return make_classifier(rng_seed=77)


@pytest.fixture(scope="module")
def inspector(classifier, dataset, second):
    return Inspector(classifier, PixelNeighbours(dataset), second)


@pytest.fixture
def batch(cost_of, dataset):
    return make_evaluated(cost_of(MethodSettings()), dataset)


def make_evaluated(cost, dataset, slots=SLOTS, coefficients=None):
    references = cost.record(dataset.training_images_of(LABEL))
    images = noise((slots, 8, 8, 1))
    batch = Batch(images, LABEL, ReferenceSearch(references), noise(images.shape, rng_seed=5))
    evaluation = cost.evaluate_together([batch], coefficients or article_coefficients(cost.layers))[0]
    return batch, evaluation.costs


def looks(inspector, batch, slots=SLOTS):
    return [inspector.look(*batch, slot, 7) for slot in range(slots)]


def part(inspection, term, layer=""):
    (found,) = [part for part in inspection.terms if part.place == (term, layer)]
    return found


def test_the_gradient_is_the_slope_of_the_labels_probability(classifier, inspector, batch):
    inspection = inspector.look(*batch, 2, 7)
    step = 1e-2
    rng = np.random.default_rng(0)
    for row, column in rng.integers(0, 8, (12, 2)):
        higher, lower = (inspection.image.copy() for _ in range(2))
        higher[row, column] += step
        lower[row, column] -= step
        probabilities = classifier.probabilities(np.stack([higher, lower]))[:, LABEL].astype(np.float64)
        slope = (probabilities[0] - probabilities[1]) / (2 * step)
        assert inspection.gradient[row, column, 0] == pytest.approx(slope, rel=0.05, abs=2e-4)
    assert np.abs(inspection.gradient).max() > 1e-2


def test_probabilities_of_all_classes_are_the_classifiers(classifier, inspector, batch):
    inspection = inspector.look(*batch, 3, 7)
    assert (inspection.label, inspection.slot, inspection.step) == (LABEL, 3, 7)
    np.testing.assert_array_equal(inspection.image, batch[0].images[3])
    np.testing.assert_allclose(inspection.probabilities, classifier.probabilities(batch[0].images)[3], atol=1e-6)
    probabilities = 1 - batch[1].of("misclassification").slot_values[3]
    assert inspection.probabilities[LABEL] == pytest.approx(probabilities, abs=1e-6)


def test_the_nearest_training_image_at_each_layer_is_that_of_brute_force(classifier, dataset, inspector, batch):
    training = to_float(dataset.training_images_of(LABEL))
    references, patterns = classifier.record(training), classifier.record(batch[0].images)
    for slot, inspection in enumerate(looks(inspector, batch)):
        assert [layer.name for layer in inspection.layers] == list(classifier.recorded_layers)
        for layer, known, pattern in zip(inspection.layers, references, patterns, strict=True):
            distances = np.square(known.astype(np.float64) - pattern[slot]).mean(axis=1)
            assert layer.nearest_index == distances.argmin()
            assert layer.distance == pytest.approx(distances.min(), rel=1e-5)
            assert part(inspection, "reference", layer.name).value == layer.distance
            np.testing.assert_array_equal(layer.nearest, training[distances.argmin()])
            others = [
                np.square(pattern[slot].astype(np.float64) - pattern[b]).mean() for b in range(SLOTS) if b != slot
            ]
            assert part(inspection, "batch", layer.name).value == pytest.approx(np.mean(others), rel=1e-5)


def test_shares_add_up_to_the_batchs_costs(cost_of, dataset, inspector):
    cost = cost_of(MethodSettings())
    every_term = article_coefficients(cost.layers).with_terms(closeness=0.5, total_variation=2.0)
    batch = make_evaluated(cost, dataset, coefficients=every_term)
    inspections, costs = looks(inspector, batch), batch[1]
    assert [inspected.place for inspected in inspections[0].terms] == list(costs.places)
    for term in costs.terms:
        own = [part(inspection, *term.place) for inspection in inspections]
        assert sum(each.share for each in own) == pytest.approx(term.weighted_cost, rel=1e-6)
        assert term.weighted_cost > 0
        if known_terms()[term.place.term].repels:
            assert min(own, key=lambda each: each.value).share == max(each.share for each in own)
        else:
            shares, values = [each.share for each in own], np.array([each.value for each in own])
            np.testing.assert_allclose(shares, term.weighted_cost * values / values.sum(), rtol=1e-6)


def test_a_term_that_was_not_computed_has_no_value_and_no_share(inspector, batch):
    for name in ("closeness", "total_variation"):
        own = part(inspector.look(*batch, 0, 0), name)
        assert (own.value, own.share) == (None, 0.0)


def test_a_term_that_is_not_known_any_more_is_left_out_of_a_look(inspector, batch):
    costs = batch[1]
    strange = dataclasses.replace(costs.terms[-1], place=TermPlace("of_a_package_that_is_gone", ""))
    inspection = inspector.look(batch[0], dataclasses.replace(costs, terms=(*costs.terms[:-1], strange)), 0, 0)
    assert [inspected.place for inspected in inspection.terms] == list(costs.places[:-1])


def test_a_layer_that_no_term_measured_has_no_distance(inspector, batch):
    costs = batch[1]
    terms = tuple(term for term in costs.terms if term.place.term != "reference")
    inspection = inspector.look(batch[0], dataclasses.replace(costs, terms=terms), 0, 0)
    assert [layer.distance for layer in inspection.layers] == [None] * 3


def test_a_slot_alone_has_all_of_its_costs_and_no_batch_distance(cost_of, dataset, inspector):
    batch = make_evaluated(cost_of(MethodSettings()), dataset, slots=1)
    inspection = inspector.look(*batch, 0, 0)
    for layer in batch[1].layers:
        reference, own = part(inspection, "reference", layer), part(inspection, "batch", layer)
        assert reference.share == pytest.approx(batch[1].of("reference", layer).weighted_cost)
        assert (own.value, own.share) == (None, 0.0)


def test_where_the_nearest_is_taken_unit_by_unit_there_is_no_picture(cost_of, dataset, inspector):
    batch = make_evaluated(cost_of(METHODS["2016"]), dataset)
    *whole, dense = inspector.look(*batch, 0, 0).layers
    assert (dense.nearest, dense.nearest_index) == (None, None)
    assert dense.distance == pytest.approx(float(batch[1].of("reference", dense.name).slot_values[0]))
    assert all(layer.nearest is not None for layer in whole)


def test_an_image_equal_to_a_training_image_has_finite_shares(cost_of, dataset, inspector):
    cost = cost_of(MethodSettings())
    images = noise((2, 8, 8, 1))
    images[0] = to_float(dataset.training_images_of(LABEL)[5])
    batch = Batch(images, LABEL, ReferenceSearch(cost.record(dataset.training_images_of(LABEL))), images)
    costs = cost.evaluate_together([batch], article_coefficients(cost.layers))[0].costs
    inspection = inspector.look(batch, costs, 0, 0)
    layer = inspection.layers[0]
    assert (layer.nearest_index, layer.distance) == (5, 0.0)
    share = part(inspection, "reference", layer.name).share
    assert share == pytest.approx(costs.of("reference", layer.name).weighted_cost)


def test_others_say_what_they_see(inspector, dataset, second):
    training = to_float(dataset.training_images_of(LABEL))
    net, neighbours = inspector.opinions(training[:1])
    assert (net.who, neighbours.who) == (INDEPENDENT_NET, NEAREST_NEIGHBOURS)
    np.testing.assert_array_equal(net.probabilities, second.probabilities(training[:1])[0])
    assert len(net.neighbours) == len(net.neighbour_labels) == 0
    np.testing.assert_array_equal(neighbours.neighbours[0], training[0])
    assert neighbours.neighbour_labels[0] == LABEL
    assert neighbours.probabilities.sum() == pytest.approx(1)


def test_without_an_independent_net_neighbours_are_asked_alone(classifier, dataset, batch):
    inspection = Inspector(classifier, PixelNeighbours(dataset), None).look(*batch, 0, 0)
    assert [opinion.who for opinion in inspection.opinions] == [NEAREST_NEIGHBOURS]


def test_the_images_that_fool_the_others_too_are_counted(inspector, dataset, second):
    training = to_float(dataset.training_images_of(LABEL))
    images = np.stack([training[:3], noise((3, 8, 8, 1))])
    sure = [[0.9995, 0.9995, 0.5], [0.9995, 0.1, 0.1]]
    save = make_save((LABEL, 2), 3, (8, 8, 1), images=images, probabilities=sure)
    net, neighbours = inspector.fooled(save)
    found, labels = images[save.done], [LABEL, LABEL, 2]
    expected = int((second.probabilities(found).argmax(axis=1) == labels).sum())
    assert (net.who, net.fooled, net.images) == (INDEPENDENT_NET, expected, 3)
    assert neighbours.who == NEAREST_NEIGHBOURS
    assert neighbours.images == 3
    assert neighbours.fooled >= 2  # training images are their own neighbours
    none = inspector.fooled(make_save((LABEL,), 2, (8, 8, 1), probabilities=0.5))
    assert [(share.fooled, share.images) for share in none] == [(0, 0), (0, 0)]


class Looking:
    """Counts looks, and tells nothing but where."""

    def __init__(self, inspector):
        self._inspector = inspector
        self.looked: list[tuple[int, int, int]] = []

    def __call__(self, batch, evaluation, slot, step, layer) -> Inspection:
        self.looked.append((batch.label, slot, step))
        return self._inspector.look(batch.to_evaluate, evaluation.costs, slot, step, layer)


@pytest.fixture
def looking(inspector):
    return Looking(inspector)


def test_a_run_that_nobody_looks_at_tells_saves_alone(classifier, cost_of, dataset, looking):
    batch = make_batch(cost_of(MethodSettings()), dataset)
    messages = list(descend([batch], make_control(classifier, max_steps=3, min_probability=1.0), looking))
    assert looking.looked == []
    assert all(isinstance(message, Save) for message in messages)


def test_looks_follow_their_saves_and_the_last_image_is_always_looked_at(classifier, cost_of, dataset, looking):
    batch = make_batch(cost_of(MethodSettings()), dataset)
    control = make_control(classifier, max_steps=6, min_probability=1.0)
    control.inspect(LABEL, 2)
    messages = list(descend([batch], control, looking))
    saves = {message.step: message for message in messages if isinstance(message, Save)}
    inspections = [message for message in messages if isinstance(message, Inspection)]
    assert looking.looked[-1] == (LABEL, 2, 6)
    assert isinstance(messages[-1], Inspection)
    for inspection in inspections:
        np.testing.assert_array_equal(inspection.image, saves[inspection.step].images[0, 2])
        assert inspection.fooled == ()


def test_looks_do_not_change_the_images(classifier, cost_of, dataset, looking):
    ends = []
    for look in (None, looking):
        batch = make_batch(cost_of(MethodSettings()), dataset)
        control = make_control(classifier, max_steps=5, min_probability=1.0)
        if look is not None:
            control.inspect(LABEL, 0)
        messages = list(descend([batch], control) if look is None else descend([batch], control, look))
        ends.append([message for message in messages if isinstance(message, Save)][-1].images)
    np.testing.assert_array_equal(*ends)


def test_in_pause_another_slot_is_looked_at_at_once(classifier, cost_of, dataset, looking):
    batch = make_batch(cost_of(MethodSettings()), dataset)
    control = make_control(classifier, paused=True, max_steps=6)
    messages = descend([batch], control, looking)
    assert isinstance(next(messages), Save)
    control.inspect(LABEL, 3)
    assert dataclasses.astuple(next(messages))[:3] == (LABEL, 3, 0)
    control.inspect(LABEL, 1)
    assert next(messages).slot == 1
    control.inspect(LABEL, 1, "conv0")
    assert next(messages).maps.layer == "conv0"
    control.inspect(LABEL, 1, "conv0")  # nothing new: the next message is the step's save
    control.single_step()
    assert isinstance(next(messages), Save)
    looked = next(messages)
    assert (looked.step, looked.maps.layer) == (1, "conv0")
    assert [slot for _, slot, _ in looking.looked] == [3, 1, 1, 1]


def test_a_slot_that_got_fresh_noise_in_pause_is_looked_at_anew(classifier, cost_of, dataset, looking):
    batch = make_batch(cost_of(MethodSettings()), dataset)
    control = make_control(classifier, paused=True, max_steps=6)
    control.inspect(LABEL, 1)
    messages = descend([batch], control, looking)
    before = [next(messages), next(messages)][-1]
    control.act_on_slot(ReinitialiseSlot(label=LABEL, slot=1))
    save, after = next(messages), next(messages)
    np.testing.assert_array_equal(after.image, save.images[0, 1])
    assert not np.array_equal(before.image, after.image)


@pytest.mark.parametrize("inspected", [(0, 0), (LABEL, 99), (LABEL, -1)])
def test_a_slot_that_the_run_does_not_have_is_not_looked_at(classifier, cost_of, dataset, looking, inspected):
    batch = make_batch(cost_of(MethodSettings()), dataset)
    control = make_control(classifier, max_steps=2, min_probability=1.0)
    control.inspect(*inspected)
    assert all(isinstance(message, Save) for message in descend([batch], control, looking))


def test_an_inspection_that_is_ended_looks_no_more(classifier, cost_of, dataset, looking):
    batch = make_batch(cost_of(MethodSettings()), dataset)
    control = make_control(classifier, max_steps=2, min_probability=1.0)
    control.inspect(LABEL, 0)
    control.end_inspection()
    assert all(isinstance(message, Save) for message in descend([batch], control, looking))


def test_classes_are_as_many_as_the_classifiers(inspector, batch):
    assert len(inspector.look(*batch, 0, 0).probabilities) == len(CLASS_NAMES)
