from __future__ import annotations

import pytest
import tensorflow as tf

from fooler_gui.core.settings import SettingError
from fooler_gui.engine.search_choice import SearchWay, search_way


@pytest.mark.parametrize(("devices", "way"), [([], SearchWay.BOUNDS), (["GPU:0"], SearchWay.GRAPH)])
@pytest.mark.parametrize("asked", [None, "", "auto"])
def test_the_device_decides_if_nobody_does(
    asked: str | None, devices: list[str], way: SearchWay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FOOLER_SEARCH", raising=False)
    if asked is not None:
        monkeypatch.setenv("FOOLER_SEARCH", asked)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _kind: devices)
    assert search_way() is way


@pytest.mark.parametrize("way", SearchWay)
def test_it_can_be_chosen_by_hand(way: SearchWay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOLER_SEARCH", way)
    assert search_way() is way


def test_another_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOLER_SEARCH", "fast")
    with pytest.raises(SettingError, match=r"FOOLER_SEARCH must be auto, bounds or graph; received 'fast'\."):
        search_way()
