from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fooler_gui.records.training_record import claimed_classifier, training_folder

NAME = "trained 2026-03-14 09.26.53.keras"


def test_the_same_name_is_given_once(tmp_path: Path) -> None:
    first, second = (claimed_classifier(tmp_path / NAME) for _ in range(2))
    assert (first.name, second.name) == (NAME, "trained 2026-03-14 09.26.53-2.keras")
    assert set(tmp_path.iterdir()) == {training_folder(first), training_folder(second)}


def test_the_name_of_a_classifier_that_is_there_is_not_given_and_gets_no_folder(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"a classifier")
    claimed = claimed_classifier(tmp_path / NAME)
    assert claimed.name == "trained 2026-03-14 09.26.53-2.keras"
    assert {path.name for path in tmp_path.iterdir()} == {NAME, training_folder(claimed).name}


def test_many_that_ask_at_once_get_a_name_each(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: claimed_classifier(tmp_path / NAME), range(64)))
    assert len(set(claimed)) == 64


def test_where_no_folder_can_be_made_there_is_a_name_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert claimed_classifier(tmp_path / "file" / NAME) == tmp_path / "file" / NAME
