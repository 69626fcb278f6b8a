"""The three lessons: their tasks, the questions to think about, and what should be found."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fooler_gui.features.lessons.story import EndedRun, Story


class Task(NamedTuple):
    """Something to do in the window.

    Attributes:
        words: What to do.
        question: What to think about meanwhile.
        answer: What should be found.
        is_done: Returns whether it has been done since the lesson began.
    """

    words: str
    question: str
    answer: str
    is_done: Callable[[Story], bool]


class Lesson(NamedTuple):
    """A lesson.

    Attributes:
        name: In object names and settings.
        title: On screen.
        minutes: About how long it takes.
        tasks: What to do, in order.
    """

    name: str
    title: str
    minutes: int
    tasks: tuple[Task, ...]


def _fools_all(run: EndedRun) -> bool:
    return run.found == run.spec.slots * len(run.spec.labels)


def _with_penalties(run: EndedRun) -> bool:
    return run.spec.coefficients.has_penalties and any(
        value for name, value in run.spec.coefficients.term_coeffs.items() if name in ("reference", "batch")
    )


def _differs_only_in_coefficients(one: EndedRun, other: EndedRun) -> bool:
    same = (one.spec.labels, one.spec.slots, one.spec.rng_seed, one.spec.start, one.sha256) == (
        (other.spec.labels, other.spec.slots, other.spec.rng_seed, other.spec.start, other.sha256)
    )
    return same and one.spec.coefficients != other.spec.coefficients


def _pairs(story: Story) -> list[tuple[EndedRun, EndedRun]]:
    """Returns every two runs, the earlier first."""
    return [(one, other) for place, one in enumerate(story.runs) for other in story.runs[place + 1 :]]


LESSONS = (
    Lesson(
        "fool",
        "Fool it",
        10,
        (
            Task(
                "Run with one digit until every image is over the threshold.",
                "What does the net say of each image? What do you see in it?",
                "The net is more than 99.9 % sure of the digit. A person sees static.",
                lambda story: any(len(run.spec.labels) == 1 and _fools_all(run) for run in story.runs),
            ),
            Task(
                "Run again from other noise (the circular arrows beside Run).",
                "Are these the same images as before? How many such images may there be?",
                "They are others, and the net is as sure of them. Each seed gives new ones: there is no end of them.",
                lambda story: any(
                    one.spec.rng_seed != other.spec.rng_seed and one.spec.labels == other.spec.labels
                    for one, other in _pairs(story)
                ),
            ),
            Task(
                "Drag the line below the images back to the first step, then slowly forward.",
                "When does the net change its mind? How much do the pixels change meanwhile?",
                "Within a few steps, while the image looks the same to you: many pixels change a little, all in the "
                "direction that matters to the net.",
                lambda story: story.looked_back,
            ),
            Task(
                "Press All, then Run.",
                "Do all classes go equally fast? Which rows have signs of reinitialised images?",
                "No. The circular arrow with a number marks images that were replaced by fresh noise because their "
                "probability kept falling; compare the rows.",
                lambda story: any(len(run.spec.labels) > 1 for run in story.runs),
            ),
            Task(
                "Choose an image of the dataset as the start (Start in the toolbar), another class, the preset no "
                "penalties, and run.",
                "Can you still read what it was? What does the net read?",
                "You read the old digit, the net the new one: a picture of something fools it as static does.",
                lambda story: any(run.spec.starts_from_images and run.found for run in story.runs),
            ),
        ),
    ),
    Lesson(
        "why",
        "Why it works: nearest images, layers, penalties",
        10,
        (
            Task(
                "Run with one digit, then double-click an image: the inspector opens.",
                "Which training image is nearest to it at each layer? Does it look like that one?",
                "There is always a nearest one, but in pixels it is far away. In the upper layers the net treats both "
                "alike: that is why it says the same of them.",
                lambda story: story.inspected,
            ),
            Task(
                "Choose the preset no penalties and run with the same seed.",
                "Does it need more steps or fewer? Do the images look different?",
                "Compare the step at which it stopped. By eye the images can hardly be told apart.",
                lambda story: any(
                    _differs_only_in_coefficients(one, other) and _with_penalties(one) != _with_penalties(other)
                    for one, other in _pairs(story)
                ),
            ),
            Task(
                "Choose the preset article again, drag reference far to the right, and run with the same seed.",
                "What does the plot of costs show? Which layer's share is the largest?",
                "The further to the right, the larger its share, which stands beside the coefficient. The images must "
                "stay away from what real ones do inside the net. Is it still fooled?",
                lambda story: any(
                    _differs_only_in_coefficients(one, other)
                    and other.spec.coefficients.term_coeffs["reference"]
                    > one.spec.coefficients.term_coeffs["reference"]
                    for one, other in _pairs(story)
                ),
            ),
            Task(
                "Select three different images, one after another.",
                "What does the second net, above the images, see in them?",
                "Compare it with what the first net sees, and with how sure that one is. An image that fools one net "
                "need not fool another, though both learned from the same images.",
                lambda story: len(story.selected) >= 3,
            ),
        ),
    ),
    Lesson(
        "mend",
        "Mend it and check honestly",
        10,
        (
            Task(
                "Press All and run, so that there are found images of every digit.",
                "How many of the images are found images?",
                "Those over the threshold; the panel Retrain counts them.",
                lambda story: any(len(run.spec.labels) > 1 and run.found for run in story.runs),
            ),
            Task(
                "Press Retrain and wait for the table.",
                "What has the net lost, what has it gained?",
                "Compare the rows before and after: digits read correctly, confidence on the found images and on fresh "
                "noise, and how many fresh images still fool it.",
                lambda story: story.retrained,
            ),
            Task(
                "Keep the new classifier, and run again with the same digits.",
                "Is it harder to fool now?",
                "Compare how many steps it takes and how many images end over the threshold. The images that fool it "
                "now are others than those it was retrained on.",
                lambda story: story.kept and len({run.sha256 for run in story.runs}) > 1,
            ),
            Task(
                "Open Rounds (Ctrl+R) and let it check honesty.",
                "Could a net only seem hard to fool?",
                "Yes, if it hides its gradient. Blind search and images from another net find that out.",
                lambda story: story.checked,
            ),
            Task(
                "Open Evaluation (Ctrl+Shift+R) and evaluate the classifier.",
                "On which kinds of noise is it still sure of itself?",
                "The table has a row for each kind; a net that has learned one kind of static may be sure of another.",
                lambda story: story.evaluated,
            ),
        ),
    ),
)
