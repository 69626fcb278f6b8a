from __future__ import annotations

from pathlib import Path

import pytest
import sweep_jobs

from fooler_gui.core.run_control import RunControl
from fooler_gui.sweeps.in_process import InProcess
from fooler_gui.sweeps.named_files import NamedFiles, Naming
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import SweepError, SweepSpec, read_sweep
from fooler_gui.sweeps.sweeping import perform_sweep

NAMING = Naming(sweep_jobs.with_paths, lambda _option, path: tuple(path.iterdir()) if path.is_dir() else (path,))
SWEEP = 'job = "backwork"\n[vary]\ndata = ["a.txt", "b.txt"]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "there").mkdir()
    path = tmp_path / "there" / "sweep.toml"
    path.write_text(SWEEP, encoding="utf-8")
    for name in ("a", "b"):
        (path.parent / f"{name}.txt").write_text(name, encoding="utf-8")
    return path


def hashes(spec: SweepSpec) -> list[str]:
    files = NamedFiles(spec, NAMING)
    return [files.hash_of(cell) for cell in spec.cells()]


def test_a_cell_is_known_by_what_its_files_hold_wherever_they_lie(tmp_path: Path, file: Path) -> None:
    before = hashes(read_sweep(file))
    file.parent.rename(tmp_path / "elsewhere")
    moved = tmp_path / "elsewhere" / "sweep.toml"
    assert hashes(read_sweep(moved)) == before
    (moved.parent / "b.txt").write_text("changed", encoding="utf-8")
    assert [after == former for after, former in zip(hashes(read_sweep(moved)), before, strict=True)] == [True, False]


def test_a_folder_is_what_its_files_are_called_and_hold(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "1").write_text("one", encoding="utf-8")
    (folder / "2").write_text("two", encoding="utf-8")
    spec = SweepSpec.from_dict({"job": "backwork", "data": "data"}, tmp_path)
    before = hashes(spec)
    (folder / "2").rename(folder / "3")
    assert hashes(spec) != before


def test_relative_paths_begin_at_the_sweeps_file_also_in_its_copy(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    copy = tmp_path / "sweep" / "sweep.toml"
    for source, done in ((file, 1), (copy, 2)):
        with SweepFolder(tmp_path / "sweep", source, NAMING) as folder:
            *_, last = perform_sweep(folder, InProcess(sweep_jobs.reads), RunControl(), most=1)
            assert last.done == done
    assert copy.read_text(encoding="utf-8").endswith(SWEEP)
    assert read_sweep(copy).folder == file.parent


def test_a_sweep_without_relative_paths_is_copied_as_it_is(tmp_path: Path, file: Path) -> None:
    text = SWEEP.replace('"a.txt", "b.txt"', f"'{file.parent / 'a.txt'}'")
    file.write_text(text, encoding="utf-8")
    with SweepFolder(tmp_path / "sweep", file, NAMING) as folder:
        assert (folder.path / "sweep.toml").read_text(encoding="utf-8") == text


def test_a_file_that_changed_since_the_sweep_began_is_refused(tmp_path: Path, file: Path) -> None:
    with SweepFolder(tmp_path / "sweep", file, NAMING):
        pass
    (file.parent / "b.txt").write_text("changed", encoding="utf-8")
    with pytest.raises(SweepError, match=r"^b\.txt has changed since the sweep in .*sweep began; a sweep with what it"):
        SweepFolder(tmp_path / "sweep", file, NAMING)


def test_a_file_that_cannot_be_read_is_refused_and_nothing_is_made(tmp_path: Path, file: Path) -> None:
    (file.parent / "b.txt").unlink()
    with pytest.raises(SweepError, match=r"b\.txt cannot be read: No such file"):
        SweepFolder(tmp_path / "sweep", file, NAMING)
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize("folder", ["relative", "", 3])
def test_the_folder_of_files_is_a_whole_path(folder: object) -> None:
    with pytest.raises(SweepError, match="folder must be the whole path of the folder where others begin; received"):
        SweepSpec.from_dict({"job": "backwork", "folder": folder})
