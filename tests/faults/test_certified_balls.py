from __future__ import annotations

from pathlib import Path

import certified_balls
import pytest

from fooler_gui.engine import backend

backend.load()

from tiny import make_classifier, make_dataset  # noqa: E402

from fooler_gui.core.guarantee import LEVELS  # noqa: E402
from fooler_gui.engine.guarantee.bounds import Around  # noqa: E402
from fooler_gui.engine.nets.classifier_file import save_classifier  # noqa: E402


@pytest.fixture(autouse=True)
def small_world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The script finds a small dataset and classifier, and is brief."""
    path = tmp_path / "small.keras"
    save_classifier(make_classifier(class_names=("0", "1", "2")), path)
    monkeypatch.setattr(certified_balls, "bundled_classifier", lambda: path)
    monkeypatch.setattr(certified_balls, "load_dataset", lambda _: make_dataset(a_class=210))
    monkeypatch.setattr(certified_balls, "_STEPS", 20)
    monkeypatch.setattr(certified_balls, "_RESTARTS", 1)


def test_no_confidence_within_a_certified_ball_is_higher_than_certified() -> None:
    report = certified_balls.run(12, seed=0)
    assert report.times.total() > 6
    assert report.failures == []


def test_a_radius_that_promises_too_much_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(self: Around, confidence: float) -> object:
        return radii(self, confidence) + 4.0

    radii = Around.radii
    monkeypatch.setattr(Around, "radii", too_large)
    failures = certified_balls.run(12, seed=0).failures
    assert any(failure.startswith(f"confidence {LEVELS[1]:g}: reached ") for failure in failures)
