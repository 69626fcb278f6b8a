"""What a net says of an image, in words."""

from __future__ import annotations

from collections.abc import Sequence

from fooler_gui.core.class_words import class_name, classes_word
from fooler_gui.core.formats import format_activation, format_percent, format_probability
from fooler_gui.core.inspection import Opinion
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.start_words import start_name

Place = tuple[int, int]
"""A label's place in a save, and a slot."""

SEPARATOR = " · "


def caption(names: Sequence[str], save: Save, place: Place) -> tuple[str, str]:
    """Returns the class that the net takes the image at `place` for, and how sure it is: ``3``, ``99.97 %``.

    Where a save does not hold the most probable class, the name is "" unless the label is that class; the percentage is
    the label's then.
    """
    if save.tops is None or save.top_probabilities is None:
        name = class_name(names, save.labels[place[0]]) if save.leads[place] else ""
        return name, format_percent(float(save.probabilities[place]))
    return class_name(names, int(save.tops[place])), format_percent(float(save.top_probabilities[place]))


def net_sentence(names: Sequence[str], save: Save, place: Place) -> str:
    """Returns what the net says of the image at `place`: ``The net: 3, 99.97 % sure.``.

    With the objective unit its activation follows.
    """
    name, percent = caption(names, save, place)
    activation = ""
    if save.activations is not None:
        activation = f" Its activation is {format_activation(float(save.activations[place]))}."
    if name:
        return f"{_who(save)}: {name}, {percent} sure.{activation}"
    return (
        f"{_who(save)}: another class than {class_name(names, save.labels[place[0]])}, {percent} for that.{activation}"
    )


def net_names(spec: RunSpec) -> tuple[str, ...]:
    """Returns the names of the nets that a run's images are driven to fool, the first classifier's first."""
    return tuple(path_of(file).stem for file in spec.classifiers)


def by_net_sentence(nets: Sequence[str], save: Save, place: Place) -> str:
    """Returns how sure each net of an ensemble is of an image's label; "" for a single net."""
    if save.net_probabilities is None:
        return ""
    probabilities = save.net_probabilities[:, *place].tolist()
    each = (f"{name} {format_probability(p)}" for name, p in zip(nets, probabilities, strict=False))
    return f"By net: {SEPARATOR.join(each)}."


def _who(save: Save) -> str:
    return "The net" if save.nets == 1 else f"The least sure of {save.nets} nets"


def images_sentence(names: Sequence[str], save: Save) -> str:
    """Returns what the net says of all images of `save`: ``The net sees 3 in 5 of 8 images, 71.20 % sure on average.``.

    The percentage is the mean probability of the images' labels. A single image has the words of `net_sentence`.
    """
    count, seen = save.leads.size, int(save.leads.sum())
    if count == 1:
        return net_sentence(names, save, (0, 0))
    what = class_name(names, save.labels[0]) if len(save.labels) == 1 else "its label"
    where = f"all {count:,}" if seen == count else f"{seen:,} of {count:,}"
    sure = format_percent(float(save.probabilities.mean()))
    return f"{_who(save)} sees {what} in {where} images, {sure} sure on average."


def run_title(spec: RunSpec, names: Sequence[str]) -> str:
    """Returns what a run makes of what: ``From uniform noise to 3``."""
    if len(spec.labels) == 1:
        aim = class_name(names, spec.labels[0])
    else:
        aim = f"{len(spec.labels)} {classes_word(names, len(spec.labels))}"
    start = start_name(spec.start)
    return f"From “{start}” to {aim}" if spec.starts_from_file else f"From {start} to {aim}"


def opinion_sentence(names: Sequence[str], opinions: Sequence[Opinion]) -> str:
    """Returns what others see in an image: a second net, or else the nearest training images; "" if there are none."""
    nets = [opinion for opinion in opinions if not opinion.neighbour_labels]
    if not opinions:
        return ""
    opinion = (nets or list(opinions))[0]
    top = int(opinion.probabilities.argmax())
    name, votes = class_name(names, top), opinion.neighbour_labels
    if votes:
        return f"Of the {len(votes)} nearest training images, {votes.count(top)} are of {name}."
    return f"A second net: {name}, {format_percent(float(opinion.probabilities[top]))} sure."
