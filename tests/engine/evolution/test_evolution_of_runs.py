from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import numpy as np
import pytest
from descents import at_steps, run_to_end
from pixel_cost import STAYS, pixel_batch, pixel_control
from tiny import make_batch, make_control, noise

from fooler_gui.core.errors import LabError
from fooler_gui.core.optimiser_names import ADAM, CPPN, DIRECT, ENCODINGS, EVOLUTION
from fooler_gui.core.save import STOPPED_BY_PROBABILITY, Save
from fooler_gui.core.settings import DescentSettings, MethodSettings
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.nets.classifier import Classifier

pytest.importorskip("ribs")

CostOf = Callable[[MethodSettings], CostFunction]
EVOLVE = {"optimiser": EVOLUTION, "population": 20}
ENDLESS = {"min_probability": 1.0, "reinitialise_below": 0.0}
LABELS = (2, 0, 1)


def pixel(value: float) -> np.ndarray:
    return np.full((1, 1, 1), value, np.float32)


def levels(saves: list[Save], slot: int) -> list[float]:
    return [float(save.probabilities[0, slot]) for save in saves]


@pytest.fixture
def evolved(cost_of: CostOf, dataset: Dataset, classifier: Classifier) -> Callable[..., list[Save]]:
    """Makes a run of three labels with two slots each by evolution."""

    def run(rng_seed: int = 0, **settings: object) -> list[Save]:
        batches = [make_batch(cost_of(MethodSettings()), dataset, label, 2, rng_seed=3) for label in LABELS]
        control = make_control(classifier, max_steps=12, **(EVOLVE | ENDLESS | settings))
        return list(descend(batches, control, rng_seed=rng_seed))

    return run


def test_an_image_is_replaced_only_by_a_more_probable_one_until_it_is_sure_enough() -> None:
    control = pixel_control(min_probability=0.9, max_steps=500, **EVOLVE)
    saves, finished = run_to_end([pixel_batch([0.25, 0.5], [STAYS] * 2)], control)
    assert finished.stopped_by == (STOPPED_BY_PROBABILITY,)
    for slot in (0, 1):
        assert levels(saves, slot) == sorted(levels(saves, slot))
    assert saves[-1].probabilities.min() > 0.9
    assert [save.step for save in saves] == list(range(finished.steps + 1))


def test_the_gradient_moves_nothing_and_no_slot_is_reinitialised_for_not_rising() -> None:
    control = pixel_control(max_steps=20, optimiser=EVOLUTION, population=1)
    saves, _ = run_to_end([pixel_batch([0.5], [STAYS])], control)
    assert len(set(levels(saves, 0))) < 10, "most single offspring are no better"
    assert not saves[-1].reinitialisations.any()


def test_a_pinned_slot_keeps_its_image_and_shows_the_elite_once_it_is_let_go() -> None:
    control = pixel_control(max_steps=60, **EVOLVE, **ENDLESS)
    control.act_on_slot(PinSlot(label=0, slot=0, pinned=True))
    let_go = at_steps({40: lambda: control.act_on_slot(PinSlot(label=0, slot=0, pinned=False))})
    saves, _ = run_to_end([pixel_batch([0.25, 0.25], [STAYS] * 2)], control, let_go)
    own = {save.step: float(save.probabilities[0, 0]) for save in saves}
    assert {own[step] for step in range(41)} == {0.25}
    assert own[41] > 0.25, "its population evolved meanwhile"


def test_an_image_given_by_hand_takes_the_elites_place() -> None:
    control = pixel_control(max_steps=50, **EVOLVE, **ENDLESS)
    give = at_steps({30: lambda: control.act_on_slot(SetSlotImage(label=0, slot=0, image=pixel(0.125)))})
    saves, _ = run_to_end([pixel_batch([0.5, 0.5], [STAYS] * 2)], control, give)
    given = next(index for index, save in enumerate(saves) if save.replacements[0, 0])
    assert levels(saves, 0)[given] == 0.125
    after = levels(saves, 0)[given:]
    assert after == sorted(after)
    assert not any((save.images[0, 0] == saves[given - 1].images[0, 0]).all() for save in saves[given:])
    assert levels(saves, 1) == sorted(levels(saves, 1))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_same_seed_gives_the_same_saves_to_the_bit_and_another_others(
    evolved: Callable[..., list[Save]], encoding: str
) -> None:
    one, same, other = (evolved(seed, encoding=encoding) for seed in (0, 0, 1))
    for save, again in zip(one, same, strict=True):
        assert save.images.tobytes() == again.images.tobytes()
        assert save.costs == again.costs
    assert one[-1].images.tobytes() != other[-1].images.tobytes()
    assert one[0].images.tobytes() == other[0].images.tobytes()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_all_labels_become_more_probable(evolved: Callable[..., list[Save]], encoding: str) -> None:
    saves = evolved(encoding=encoding)
    assert (saves[-1].probabilities >= saves[0].probabilities).all()
    assert saves[-1].probabilities.mean() > saves[0].probabilities.mean() + 0.1


@pytest.mark.parametrize("budget", [{"budget_linf": 0.05}, {"budget_l2": 0.25}])
def test_a_budget_is_never_exceeded(evolved: Callable[..., list[Save]], budget: dict[str, float]) -> None:
    saves = evolved(**budget)
    change = np.abs(saves[-1].images - saves[0].images)
    assert change.max() > 0
    assert change.max() <= budget.get("budget_linf", 1.0) + 1e-6
    assert saves[-1].distances.max() <= budget.get("budget_l2", 1e3) + 1e-6


def test_an_image_without_a_network_stays_until_a_network_makes_a_more_probable_one() -> None:
    control = pixel_control(max_steps=3, **EVOLVE, **ENDLESS, encoding=CPPN)
    saves, _ = run_to_end([pixel_batch([1.0, 0.0], [STAYS] * 2)], control)
    assert set(levels(saves, 0)) == {1.0}
    assert levels(saves, 1)[-1] > 0.5


def test_a_slot_reinitialised_by_hand_begins_anew_with_networks() -> None:
    control = pixel_control(max_steps=6, **EVOLVE, **ENDLESS, encoding=CPPN)
    again = at_steps({3: lambda: control.act_on_slot(ReinitialiseSlot(label=0, slot=0, rng_seed=1))})
    saves, _ = run_to_end([pixel_batch([0.0], [STAYS])], control, again)
    (fresh,) = (float(save.probabilities[0, 0]) for save in saves if save.reinitialised.any())
    assert 0 < fresh < 1
    assert saves[-1].probabilities[0, 0] >= fresh


def test_a_run_goes_over_from_gradients_to_evolution_and_back(
    cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    def run() -> list[Save]:
        batch = make_batch(cost_of(MethodSettings()), dataset, images=noise((2, 8, 8, 1)))
        control = make_control(classifier, max_steps=15, **ENDLESS)

        def use(optimiser: str) -> Callable[[], object]:
            settings = DescentSettings(max_steps=15, optimiser=optimiser, population=20, **ENDLESS)  # type: ignore[arg-type]
            return lambda: control.change(descent=settings)

        return run_to_end([batch], control, at_steps({5: use(EVOLUTION), 10: use(ADAM)}))[0]

    saves = run()
    changed = [np.mean(later.images != earlier.images) for earlier, later in itertools.pairwise(saves)]
    assert min(changed[:5]) > 0.5, "gradients move most pixels"
    assert max(changed[5:10]) < 0.5, "mutations few"
    assert min(changed[10:]) > 0.5
    moved = np.abs(saves[11].images - saves[10].images)[saves[11].images != saves[10].images]
    np.testing.assert_allclose(np.median(moved), 0.01, rtol=1e-2, err_msg="Adam begins without moments")
    assert run()[-1].images.tobytes() == saves[-1].images.tobytes()


def test_without_the_library_a_run_is_refused_before_its_first_save(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ribs.archives", None)
    run = descend([pixel_batch([0.5], [STAYS])], pixel_control(**EVOLVE, encoding=DIRECT))
    with pytest.raises(LabError, match=r"not installed; get it by: python -m pip install ribs$"):
        next(run)
