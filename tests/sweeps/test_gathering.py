from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sweep_jobs import square

from fooler_gui.core.run_control import RunControl
from fooler_gui.sweeps.gathering import gather
from fooler_gui.sweeps.in_process import InProcess
from fooler_gui.sweeps.kept_runs import ALL, NONE, KeptRuns
from fooler_gui.sweeps.results import RESULTS_FILE
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import Share, SweepError
from fooler_gui.sweeps.sweeping import perform_sweep

Make = Callable[[str, str], SweepFolder]
EVERYTHING = KeptRuns(keep=ALL)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "1")
    with ExitStack() as folders:

        def made(name: str, values: str = "[1, 2, 3, 4, 5]") -> SweepFolder:
            file = tmp_path / f"{name}.toml"
            file.write_text(f'job = "backwork"\n[vary]\nx = {values}\n', encoding="utf-8")
            return folders.enter_context(SweepFolder(tmp_path / name, file))

        yield made


def do(folder: SweepFolder, share: Share) -> None:
    list(perform_sweep(folder, InProcess(square), RunControl(), share))


def squares(folder: SweepFolder) -> list[float | None]:
    return [row.get("square") for row in folder.results.rows()]


def test_what_other_folders_have_done_is_taken_over_with_its_runs(make: Make) -> None:
    first, second, third = make("first"), make("second"), make("third")
    do(first, Share(number=1, of=2))
    do(second, Share(number=2, of=2))
    assert gather(third, first.path, EVERYTHING) == 3
    assert squares(third) == [1, None, 9, None, 25]
    assert gather(third, second.path, EVERYTHING) == 2
    assert squares(third) == [1, 4, 9, 16, 25]
    assert [row["state"] for row in third.results.rows()] == ["done"] * 5
    for ours, theirs in zip(third.results.rows(), first.results.rows(), strict=True):
        assert (third.path / ours["run"]).read_text() == "backwork"
        if theirs["state"] == "done":
            assert {name: ours[name] for name in theirs} == theirs


def test_what_is_done_here_stays_as_it_is(make: Make) -> None:
    first, second = make("first"), make("second")
    do(first, Share())
    do(second, Share(number=1, of=2))
    before = next(second.results.rows())
    assert gather(second, first.path, EVERYTHING) == 2
    assert next(second.results.rows()) == before
    assert gather(second, first.path, EVERYTHING) == 0


def test_runs_that_are_not_wanted_are_not_kept(make: Make) -> None:
    first, second = make("first"), make("second")
    do(first, Share())
    assert gather(second, first.path, KeptRuns(keep=NONE)) == 5
    assert squares(second) == [1, 4, 9, 16, 25]
    assert [entry.name for entry in (second.path / "runs").iterdir()] == []


def test_a_hostile_run_leads_nowhere_else(make: Make, tmp_path: Path) -> None:
    first, second = make("first"), make("second")
    do(first, Share())
    first.results._connection.execute("UPDATE cells SET run = '../../secret' WHERE place = 0")
    (tmp_path / "secret").write_text("secret")
    assert gather(second, first.path, EVERYTHING) == 5
    assert (second.path / next(second.results.rows())["run"]).read_text() == "backwork"


def test_another_sweep_and_other_folders_are_refused(make: Make, tmp_path: Path) -> None:
    first, other = make("first"), make("other", "[6, 7]")
    with pytest.raises(SweepError, match="holds another sweep than"):
        gather(first, other.path, EVERYTHING)
    with pytest.raises(SweepError, match="must be the folder of a sweep; it has no results"):
        gather(first, tmp_path, EVERYTHING)
    (tmp_path / RESULTS_FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(SweepError, match="cannot be read: "):
        gather(first, tmp_path, EVERYTHING)
    assert squares(first) == [None] * 5
