from __future__ import annotations

from fooler_gui.core.jobs import FindWorstImages
from fooler_gui.session.latest_job import LatestJob


def job(number: int) -> FindWorstImages:
    return FindWorstImages(count=number)


def test_the_first_is_handed_over_at_once_and_of_later_ones_the_newest_when_it_has_ended():
    handed = []
    latest = LatestJob(handed.append)
    for number in range(1, 5):
        latest.ask(job(number))
    assert handed == [job(1)]
    latest.ended()
    assert handed == [job(1), job(4)]
    latest.ended()
    assert handed == [job(1), job(4)]
    latest.ask(job(5))
    assert handed[-1] == job(5)


def test_what_is_withdrawn_is_not_handed_over():
    handed = []
    latest = LatestJob(handed.append)
    latest.ask(job(1))
    latest.ask(job(2))
    latest.withdraw()
    latest.ended()
    assert handed == [job(1)]
