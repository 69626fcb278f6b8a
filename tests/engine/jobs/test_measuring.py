from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lab_jobs import FOUND, make_lab, only, perform

from fooler_gui.core import jobs
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.messages import EvaluationFinished, HonestyChecked, WorstImages
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import SettingError
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import load_classifier


def test_worst_images_are_found(ready: Lab) -> None:
    assert only(perform(ready, jobs.FindWorstImages(count=2)), WorstImages).images.shape == (3, 2, 8, 8, 1)


def test_the_classifier_in_use_is_checked_for_hidden_gradients(
    ready: Lab, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fooler_gui.engine.mending.honesty.STEPS", 3)
    checked = only(perform(ready, jobs.CheckHonesty(former=path)), HonestyChecked)
    assert checked.name == "first"
    assert [check.name for check in checked.checks][-1] == "transfer"
    assert ready.classifier_info.path == path
    control = RunControl()
    control.stop()
    assert not [m for m in perform(ready, jobs.CheckHonesty(), control) if isinstance(m, HonestyChecked)]


def test_the_independent_net_is_asked_where_there_is_one(dataset_path: Path, path: str) -> None:
    lab = make_lab(dataset_path, Path(path))
    perform(lab, jobs.OpenClassifier(path=path))
    job = jobs.Evaluate(
        settings=EvaluationSettings(images=12), found=FOUND, found_labels=np.array([0, 1, 2, 1]), files=()
    )
    report = only(perform(lab, job), EvaluationFinished).report
    assert (report.classifier, report.topology) == ("first", "conv 2 · dense 5")
    found = [share for share in report.opinions if share.name == "found"]
    assert [share.who for share in found] == ["independent net", "nearest neighbours"]
    # The independent net is the classifier itself here, so that it says what that one says.
    agreed = (load_classifier(Path(path))[0].probabilities(FOUND).argmax(axis=1) == [0, 1, 2, 1]).mean()
    assert found[0].agreed == agreed


@pytest.mark.parametrize(
    ("found", "label", "words"),
    [
        (FOUND[:, :, :7], 2, r"An evaluation needs found images of 8 × 8 × 1, .*; received 8 × 7 × 1\.$"),
        (FOUND, 3, r"A label must be from 0 to 2; received 3\.$"),
    ],
)
def test_found_images_of_other_data_are_not_evaluated(ready: Lab, found: FloatArray, label: int, words: str) -> None:
    labels = np.array([0, 1, 2, label])
    job = jobs.Evaluate(settings=EvaluationSettings(images=12), found=found, found_labels=labels, files=())
    with pytest.raises(SettingError, match=words):
        perform(ready, job)
