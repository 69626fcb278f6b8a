from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from fake_engine import DATASET, info
from run_samples import make_run, make_spec
from saves import make_save

from fooler_gui.core.arrays import frozen
from fooler_gui.core.errors import LabError
from fooler_gui.core.save import Save
from fooler_gui.records.repeat_check import check_repeat, why_not_repeated
from fooler_gui.records.run_folder import RunRecord, read_record

SAVES = tuple(make_save((3,), step=step, probabilities=0.5) for step in range(5))


def one_bit_off(save: Save) -> Save:
    images = save.images.copy()
    images.view("u4")[0, 0, 0, 0, 0] ^= 1
    return dataclasses.replace(save, images=frozen(images))


def made(folder: Path, saves: tuple[Save, ...] = SAVES, **machine: str) -> Path:
    make_run(folder, saves=saves, stopped_by="max_steps")
    dataclasses.replace(read_record(folder), machine=machine).write(folder)
    return folder


SHA256, OTHER = "0" * 64, "1" * 64


LAYERS = tuple(make_spec().coefficients.layer_cost_coeffs)
IN_USE = dataclasses.replace(info("article"), sha256=SHA256, recorded_layers=LAYERS)
DATA = dataclasses.replace(DATASET, sha256="ab" * 32)
OTHER_DATA = dataclasses.replace(DATASET, sha256=OTHER)


def recorded_with(dataset_sha256: str, **fields: str | int) -> RunRecord:
    return RunRecord.new(
        spec=make_spec(),
        classifier_sha256=SHA256,
        topology="conv 2",
        class_names=(),
        dataset_sha256=dataset_sha256,
        **fields,
    )


@pytest.mark.parametrize("dataset_sha256", ["ab" * 32, ""], ids=["the same data", "an earlier version"])
def test_a_run_is_repeated_with_its_classifier_and_its_data_and_with_any_data_where_it_tells_none(
    dataset_sha256: str,
) -> None:
    assert why_not_repeated(recorded_with(dataset_sha256), IN_USE, DATA) == ""


def test_a_run_is_not_repeated_with_other_data_or_another_classifier() -> None:
    record = dataclasses.replace(recorded_with("ab" * 32), dataset_name="pets", dataset_path="/data/pets")
    assert why_not_repeated(record, IN_USE, OTHER_DATA) == (
        "The run was made with other data (pets, /data/pets, SHA-256 abababababab…) than those in use (SHA-256 "
        "111111111111…); repeat it with those."
    )
    earlier = recorded_with("ab" * 32)
    assert why_not_repeated(earlier, None, OTHER_DATA).startswith(
        "The run was made with other data (SHA-256 abababababab…) than those in use"
    )
    assert why_not_repeated(record, dataclasses.replace(IN_USE, sha256=OTHER), DATA) == (
        "The run was made with another classifier, article.keras (SHA-256 000000000000…); repeat it with that one."
    )


def test_a_run_is_not_repeated_where_classifier_or_data_were_opened_otherwise() -> None:
    asked = recorded_with("ab" * 32, asked_range="0..255", asked_output="digit")
    assert why_not_repeated(asked, IN_USE, DATA) == (
        "The run was made with the classifier opened otherwise, with input range 0..255 and output digit; "
        "`backwork --repeat` opens it so."
    )
    assert why_not_repeated(asked, dataclasses.replace(IN_USE, asked_range="0..255", asked_output="digit"), DATA) == ""
    plain = recorded_with("ab" * 32)
    assert why_not_repeated(plain, dataclasses.replace(IN_USE, asked_range="0..1"), DATA) == (
        "The run was made with the classifier opened otherwise, with the proposed input range; "
        "`backwork --repeat` opens it so."
    )
    small = recorded_with("ab" * 32, largest_side=96)
    assert why_not_repeated(small, IN_USE, DATA) == (
        "The run was made with images read with a largest side of 96 pixels, those in use with 224; "
        "`backwork --repeat` reads them so."
    )
    assert why_not_repeated(small, IN_USE, dataclasses.replace(DATA, largest_side=96)) == ""


def test_a_run_is_not_repeated_where_other_layers_are_recorded() -> None:
    others = dataclasses.replace(IN_USE, recorded_layers=("inputs", "fc"))
    assert why_not_repeated(recorded_with("ab" * 32), others, DATA) == (
        f"The run was made with the recorded layers {', '.join(LAYERS)}; choose those in the window, or repeat it by "
        "`backwork --repeat`."
    )


def test_the_same_images_are_told_as_the_same(tmp_path: Path) -> None:
    check = check_repeat(made(tmp_path / "a", threads="2"), made(tmp_path / "b", threads="2"))
    assert (check.differs_from, check.made_otherwise) == (None, "")
    assert check.sentence == "The images are identical to the last bit."


def test_the_first_step_that_differs_in_one_bit_is_told_with_what_was_otherwise(tmp_path: Path) -> None:
    other = (*SAVES[:2], one_bit_off(SAVES[2]), *SAVES[3:])
    run = made(tmp_path / "a", threads="2", processor="A", blas="one")
    check = check_repeat(run, made(tmp_path / "b", other, threads="16", processor="A", device="CPU"))
    assert check.differs_from == 2
    assert check.sentence == ("The images differ from step 2 on: the run was made differently: threads (2, now 16).")


def test_a_difference_that_nothing_explains_says_so(tmp_path: Path) -> None:
    other = (*SAVES[:4], one_bit_off(SAVES[4]))
    check = check_repeat(made(tmp_path / "a"), made(tmp_path / "b", other))
    assert check.sentence == ("The images differ from step 4 on: no recorded version or machine property differs.")


def test_probabilities_count_too(tmp_path: Path) -> None:
    other = (*SAVES[:3], make_save((3,), step=3, probabilities=0.25), SAVES[4])
    assert check_repeat(made(tmp_path / "a"), made(tmp_path / "b", other)).differs_from == 3


def test_other_versions_are_told_of_the_same_images(tmp_path: Path) -> None:
    check = check_repeat(made(tmp_path / "a", tensorflow="2.20.0"), made(tmp_path / "b", tensorflow="2.21.0"))
    assert check.differs_from is None
    assert check.sentence == (
        "The images are identical to the last bit, though they were made differently: tensorflow (2.20.0, now 2.21.0)."
    )


def test_a_repetition_that_was_stopped_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    assert check_repeat(made(tmp_path / "a"), made(tmp_path / "b", SAVES[:2])).differs_from is None


def test_a_run_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="there is no such folder"):
        check_repeat(tmp_path / "none", made(tmp_path / "b"))
