from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plug_ins import installed_packages

from fooler_gui.core.evaluation_report import (
    CLIPPED_NORMAL,
    DRIVEN,
    FILE_SETS,
    FOUND,
    SCALED,
    TEST,
    made_sets,
    set_info,
)
from fooler_gui.core.image_kinds import (
    EVALUATIONS,
    GROUP,
    HELD_OUT,
    KINDS,
    ROUNDS,
    RUNS,
    TAKEN_NAMES,
    ImageKind,
    ImageKindError,
    kinds_for,
)
from fooler_gui.core.rounds_spec import default_rounds
from fooler_gui.core.run_spec import AVERAGES, BRANCH, DIGITS, NOISE, ROUND

GOOD = """
import numpy as np
from fooler_gui.core.image_kinds import EVALUATIONS, ROUNDS, RUNS, ImageKind

START = ImageKind(
    name="fog", title="Fog", tip="Grey.", formula="x_i = 1/2", source="a test", rank=15,
    uses=(RUNS, ROUNDS, EVALUATIONS), make=lambda wanted: np.full(wanted.shape, 0.5, np.float32),
)
"""


def make_kind(**changes: Any) -> ImageKind:
    facts = {"name": "fog", "title": "Fog", "tip": "Grey.", "formula": "x_i = 1/2", "source": "a test"}
    return ImageKind(**{"make": lambda wanted: np.zeros(wanted.shape, np.float32)} | facts | changes)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Installs a package with one module, which offers its `START`."""
    with installed_packages(tmp_path, monkeypatch, KINDS) as install_package:
        yield lambda name, source: install_package(
            {f"{name}.py": source}, name, {GROUP: {f"{name}_start": f"{name}:START"}}
        )


def test_names_that_stand_for_other_images_are_taken() -> None:
    others = {NOISE, BRANCH, ROUND, TEST, CLIPPED_NORMAL, SCALED, DRIVEN, FOUND, *FILE_SETS, "file", DIGITS}
    assert set(TAKEN_NAMES) == others
    names = [kind.name for kind in KINDS.known().values()]
    assert not set(names) & others
    assert kinds_for(RUNS)[NOISE].name == "uniform"
    assert kinds_for(RUNS)[AVERAGES].words == "averages of training images"
    assert kinds_for(EVALUATIONS)[CLIPPED_NORMAL].name == "gaussian"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"name": "Fog"},
            "The name of a kind of images must be lower-case letters, digits, spaces and hyphens; received 'Fog'.",
        ),
        (
            {"name": "a/b"},
            "The name of a kind of images must be lower-case letters, digits, spaces and hyphens; received 'a/b'.",
        ),
        ({"name": "noise"}, "A kind of images must not be called noise, which means other images."),
        ({"title": ""}, "title of fog must be a text; received ''."),
        ({"formula": None}, "formula of fog must be a text; received None."),
        ({"uses": ()}, "The uses of fog must be one or more of runs, rounds, held out, evaluations; received ()."),
        (
            {"uses": ("walks",)},
            "The uses of fog must be one or more of runs, rounds, held out, evaluations; received ('walks',).",
        ),
        ({"rank": -1}, "rank of fog must be a whole number of at least 0; received -1."),
        ({"make": 3}, "make of fog must be a function; received 3."),
    ],
)
def test_what_is_no_kind_of_images_is_refused_with_its_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ImageKindError) as caught:
        make_kind(**changes)
    assert str(caught.value) == sentence


def test_a_start_of_another_package_is_seen_by_runs_rounds_and_evaluations(
    install: Callable[[str, str], None],
) -> None:
    install("foggy", GOOD)
    assert list(kinds_for(RUNS))[:3] == ["noise", "averages", "fog"]
    assert list(kinds_for(ROUNDS))[:2] == ["uniform", "fog"]
    assert "fog" not in kinds_for(HELD_OUT)
    assert list(made_sets())[:2] == ["uniform", "fog"]
    assert set_info("fog").title == "Fog"
    spec = default_rounds("net.keras", ("inputs",))
    data = spec.to_dict() | {"starts": ["fog", "uniform"]}
    assert type(spec).from_dict(data, ("inputs",)).starts == ("fog", "uniform")
    assert (KINDS.package_of("fog"), KINDS.package_of("black")) == ("foggy", "fooler-gui")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("raise RuntimeError('it wants a newer program.')", "it wants a newer program"),
        ("import no_such_module_of_anybody", "No module named 'no_such_module_of_anybody'"),
        ("START = 3", "strange:START must be of the class ImageKind, and is not"),
        (GOOD.replace('"fog"', '"black"'), "there is a start called black already"),
        (
            GOOD.replace('"fog"', '"noise"'),
            "A kind of images must not be called noise, which means other images",
        ),
        (GOOD.replace("0.5", "np.nan"), "its images must be finite numbers; some are not"),
        (
            GOOD.replace("0.5", "2"),
            "its images must be in [0, 1]; received values from 2 to 2",
        ),
        (
            GOOD.replace("wanted.shape", "wanted.shape[1:]"),
            "its images must be float32 of shape (3, 6, 5, 1); received float32 of shape (6, 5, 1)",
        ),
        (
            GOOD.replace("rank=15", "other_names={RUNS: 'mist'}"),
            "it must have one name in all its uses",
        ),
    ],
)
def test_what_another_package_offers_and_cannot_be_used_is_named_in_a_sentence_and_left_out(
    install: Callable[[str, str], None], source: str, reason: str
) -> None:
    before = list(KINDS.known())
    install("strange", source)
    assert list(KINDS.known()) == before
    assert KINDS.left_out() == (f"The start strange_start of strange is left out: {reason}.",)


def test_core_and_the_kinds_load_neither_tensorflow_nor_qt() -> None:
    code = "import sys; from fooler_gui.core.image_kinds import KINDS; print(len(KINDS.known())); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count, modules = done.stdout.splitlines()
    assert int(count) == len(KINDS.known())
    assert not set(modules.split()) & {"tensorflow", "keras", "PySide6", "PIL"}
