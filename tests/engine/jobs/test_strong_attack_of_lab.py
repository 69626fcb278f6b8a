from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from lab_jobs import make_lab, only, perform

from fooler_gui.core import jobs
from fooler_gui.core.messages import StronglyAttacked, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import SettingError
from fooler_gui.core.strong_attack import USUAL_STARTS, StrongAttackSettings
from fooler_gui.engine.lab import Lab

FEW = StrongAttackSettings(images_a_kind=3, steps=4, targets=1, adam_steps=6, queries=8, restarts=1)


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fooler_gui.engine.strong.plan.PLAIN_STEPS", 40)


def attacked(lab: Lab, job: jobs.AttackStrongly) -> StronglyAttacked:
    return only(perform(lab, job), StronglyAttacked)


def test_the_classifier_in_use_is_attacked_from_the_usual_starts(ready: Lab) -> None:
    found = attacked(ready, jobs.AttackStrongly(settings=FEW))
    report = found.report
    assert (report.classifier, report.guaranteed, report.stopped) == ("first", False, False)
    assert [kind.kind for kind in report.kinds] == list(USUAL_STARTS)
    assert [kind.images for kind in report.kinds] == [3, 3, 3]
    over = sum(kind.over for kind in report.kinds)
    assert over > 0
    assert over == sum(attack.over for attack in report.attacks) == len(report.images) == len(found.images)
    assert 9 + (9 - over) <= report.attacks[0].tried <= 18
    classifier = ready.contents.require_present().classifier
    probabilities = classifier.probabilities(found.images)
    np.testing.assert_allclose(probabilities.max(axis=1), [image.confidence for image in report.images], rtol=1e-4)
    assert probabilities.argmax(axis=1).tolist() == [image.label for image in report.images]
    nearest = ready.contents.neighbours.nearest(found.images, 1)
    np.testing.assert_array_equal(found.nearest, nearest.images[:, 0])
    assert nearest.labels[:, 0].tolist() == [image.nearest for image in report.images]
    agreed = [image.agreed for image in report.images]
    assert agreed == sorted(agreed)
    assert sum(agreed) == sum(kind.agreed for kind in report.kinds)


def test_an_independent_net_is_asked_where_there_is_one(dataset_path: Path, path: str) -> None:
    lab = make_lab(dataset_path, Path(path))
    perform(lab, jobs.OpenClassifier(path=path))
    report = attacked(lab, jobs.AttackStrongly(settings=FEW, starts=("uniform",))).report
    assert [kind.kind for kind in report.kinds] == ["uniform"]
    assert all(image.agreed for image in report.images)  # it is the classifier itself


def test_a_stop_keeps_what_has_been_found(ready: Lab) -> None:
    def stop(message: object, control: RunControl) -> None:
        if isinstance(message, Working) and message.sentence == "Attacking by margin":
            control.stop()

    long = StrongAttackSettings(images_a_kind=3, steps=4)
    report = only(perform(ready, jobs.AttackStrongly(settings=long), then=stop), StronglyAttacked).report
    assert report.stopped
    assert report.attacks[0].tried == 9
    assert not any(attack.tried for attack in report.attacks[2:])


def test_unknown_starts_are_refused(ready: Lab) -> None:
    with pytest.raises(SettingError, match="received foam"):
        perform(ready, jobs.AttackStrongly(settings=FEW, starts=("foam",)))
