from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from golden.golden_work import GOLDEN_FILE, machine, make_golden_work, shorten_evaluation

FIRST_SAVES = 4
"""So many saves stay close on every machine; later ones magnify its own rounding."""


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    with np.load(GOLDEN_FILE, allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, np.ndarray]]:
    with pytest.MonkeyPatch.context() as patch:
        shorten_evaluation(patch)
        yield make_golden_work(tmp_path_factory.mktemp("golden"))


def test_golden_work_has_the_same_arrays_of_the_same_kind(
    made: dict[str, np.ndarray], golden: dict[str, np.ndarray]
) -> None:
    expected = {name: (array.shape, array.dtype) for name, array in golden.items() if name != "machine"}
    assert {name: (array.shape, array.dtype) for name, array in made.items()} == expected


def test_golden_work_comes_out_with_the_same_bits_on_the_same_kind_of_machine(
    made: dict[str, np.ndarray], golden: dict[str, np.ndarray]
) -> None:
    if str(golden["machine"]) != machine():
        pytest.skip("the golden bits are of another processor, TensorFlow or NumPy")
    differing = [name for name, array in made.items() if array.tobytes() != golden[name].tobytes()]
    assert not differing


def test_the_first_saves_of_golden_runs_are_close_on_every_machine(
    made: dict[str, np.ndarray], golden: dict[str, np.ndarray]
) -> None:
    names = [name for name in made if name.endswith((": images", ": probabilities", ": costs"))]
    assert len(names) == 11
    for name in names:
        if not name.startswith("round"):
            np.testing.assert_allclose(
                made[name][:FIRST_SAVES], golden[name][:FIRST_SAVES], rtol=1e-3, atol=1e-4, err_msg=name
            )


def test_golden_runs_hold_what_they_are_to_protect(golden: dict[str, np.ndarray]) -> None:
    for run in ("article noise", "article averages", "2016 noise"):
        assert golden[f"{run}: restarts"].max() > 0
        assert golden[f"{run}: pinned"].any()
        assert not golden[f"{run}: pinned"][-1].any()
        assert len(golden[f"{run}: steps"]) > 12
