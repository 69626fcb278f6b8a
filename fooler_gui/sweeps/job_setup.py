"""What is on screen as the options of a job: what all cells of a sweep share, and what it can vary, with proposals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fooler_gui.core.class_words import class_word
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetInfo, DatasetSettings
from fooler_gui.core.formats import shortest_text
from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.path_text import path_of
from fooler_gui.core.rounds_spec import RoundsSettings
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import (
    LAYER_PREFIX,
    METHODS,
    DescentSettings,
    HasSettings,
    SettingInfo,
    TrainingSettings,
    check_number,
    method_name,
)
from fooler_gui.core.terms import COEFFICIENT_MAXIMUM, known_terms
from fooler_gui.core.topology import Topology
from fooler_gui.resources import bundled_classifier, resource
from fooler_gui.sweeps.grouping import SEED
from fooler_gui.sweeps.sweep_spec import Options, SweepError, telling

BACKWORK, TRAIN, ROUNDS = "backwork", "train", "rounds"
BUILT_JOBS = {BACKWORK: "Backwork", TRAIN: "Training", ROUNDS: "Rounds of retraining"}
"""The jobs whose options the window shows, with their titles; a file may ask for others."""

_LABELS, _START, _METHOD, _CLASSIFIER, _DATA = "labels", "start", "preset", "classifier", "data"
_OF_A_UNIT = ("unit", "unit_done")
_SEEDS = 5
_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An option that a sweep can vary.

    Attributes:
        info: What it is called, what it does and its range.
        value: Its present value.
        proposed: Sensible values to try, the present one among them where that is possible.
    """

    info: SettingInfo
    value: Any
    proposed: tuple[Any, ...]

    def checked(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Returns `values`, with choices as texts also where they look like numbers.

        Raises:
            LabError: One is not a number in the option's range, or none of its choices.
        """
        info = self.info
        if info.choices:
            values = tuple(map(str, values))
        for value in telling(values):
            if info.choices and value not in info.choices:
                raise SweepError(f"{info.label} must be one of {', '.join(info.choices)}; received {value}.")
            if isinstance(self.value, bool) and not isinstance(value, bool):
                raise SweepError(f"{info.label} must be true or false; received {value}.")
            if info.minimum is not None and info.maximum is not None:
                check_number(info.label, value, info.minimum, info.maximum, whole=isinstance(self.value, int))
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSetup:
    """A job as it is set up on screen.

    Attributes:
        job: One of `BUILT_JOBS`.
        options: All options that differ from the command line's defaults.
        offered: What can be varied, by the option's name.
        why_not: Why no sweep can be made of it; "" if one can.
    """

    job: str
    options: Options
    offered: Mapping[str, Offered]
    why_not: str = ""


def backwork_setup(setup: RunSetup, classifier: ClassifierInfo, dataset: DatasetInfo) -> JobSetup:
    """Returns the next run's set-up as options of ``backwork``."""
    method, descent = method_name(setup.method), setup.descent.to_dict()
    unused = () if setup.descent.driven_unit else _OF_A_UNIT
    usual = DescentSettings()
    coefficients = _coefficients(setup, classifier)
    options = {
        _LABELS: list(setup.labels),
        **_files(classifier, dataset),
        **_ensemble(setup, classifier),
        _START: setup.start,
        **{name: getattr(setup, name) for name in RunSpec.infos()},
        _METHOD: method,
        **{
            name: value
            for name, value in descent.items()
            if value != getattr(usual, name) and name not in unused and not DescentSettings.info(name).while_watching
        },
        **{name: number for name, (number, default) in coefficients.items() if number != default},
    }
    why_not = _why_no_dataset(dataset)
    if method not in METHODS:
        why_not = "The cells of a sweep have the method of the article or that of the 2016 program; choose one of them."
    return JobSetup(job=BACKWORK, options=options, offered=_offered_runs(setup, classifier, dataset), why_not=why_not)


def train_setup(topology: Topology, settings: TrainingSettings, dataset: DatasetInfo) -> JobSetup:
    """Returns the layers and settings of a training as options of ``train``."""
    options = {
        "conv": list(map(str, topology.convolutions)) or ["none"],
        "dense": list(map(str, topology.dense)) or ["none"],
        "maps": topology.maps,
        **_data(dataset),
        **settings.to_dict(),
    }
    return JobSetup(job=TRAIN, options=options, offered=_offered_of(settings), why_not=_why_no_dataset(dataset))


def rounds_setup(settings: RoundsSettings, classifier: ClassifierInfo, dataset: DatasetInfo) -> JobSetup:
    """Returns the settings of rounds as options of ``rounds``."""
    options = {**_files(classifier, dataset), **settings.to_dict()}
    return JobSetup(job=ROUNDS, options=options, offered=_offered_of(settings), why_not=_why_no_dataset(dataset))


def _files(classifier: ClassifierInfo, dataset: DatasetInfo) -> Options:
    """Returns the classifier, how it is read, and the dataset; those that come with the program are left out."""
    read = {"input_range": classifier.asked_range, "output": classifier.asked_output}
    own = path_of(classifier.path) != bundled_classifier()
    return {
        **({_CLASSIFIER: classifier.path} if own else {}),
        **{name: value for name, value in read.items() if value},
        **({"layers": ",".join(classifier.asked_layers)} if classifier.asked_layers is not None else {}),
        **_data(dataset),
    }


def _ensemble(setup: RunSetup, classifier: ClassifierInfo) -> Options:
    """Returns the classifier with the further ones and their weights; nothing without such."""
    further = [f"{each.classifier}={shortest_text(each.weight)}" for each in setup.further]
    return {_CLASSIFIER: [classifier.path, *further]} if further else {}


def _data(dataset: DatasetInfo) -> Options:
    usual = DatasetSettings.default("largest_side")
    side = {"largest_side": dataset.largest_side} if dataset.largest_side != usual else {}
    return side if path_of(dataset.path) == resource("mnist.npz") else {_DATA: dataset.path, **side}


def _why_no_dataset(dataset: DatasetInfo) -> str:
    return "" if dataset.path else "The cells of a sweep read their dataset from a file; open one."


def _coefficients(setup: RunSetup, classifier: ClassifierInfo) -> dict[str, tuple[float, float]]:
    """Returns each coefficient and what it is if it is left out, by option; a layer's is never left out."""
    terms = {term.coefficient_name: term for term in known_terms().values()}
    return {
        name: (number, terms[name].default if name in terms else math.nan)
        for name, number in setup.coefficients.flat().items()
        if name in terms or name.removeprefix(LAYER_PREFIX) in classifier.recorded_layers
    }


def _offered_runs(setup: RunSetup, classifier: ClassifierInfo, dataset: DatasetInfo) -> dict[str, Offered]:
    names = classifier.label_names
    terms = {term.coefficient_name: term for term in known_terms().values()}
    label = SettingInfo(
        label=class_word(names).capitalize(), tip="What images are driven towards.", minimum=0, maximum=len(names) - 1
    )
    start = SettingInfo(label="Start", tip="What images start from: a kind of images, digits:7, or a file.")
    method = SettingInfo(label="Method", tip="The article's, or that of its program of 2016.", choices=tuple(METHODS))
    net = SettingInfo(label="Classifier", tip="The classifier's file.")
    data = SettingInfo(label="Dataset", tip="The dataset's file or folder.")
    offered = {
        _LABELS: Offered(info=label, value=setup.labels[0], proposed=tuple(range(len(names)))),
        **{name: _offer(info, getattr(setup, name)) for name, info in RunSpec.infos().items()},
        _START: Offered(info=start, value=setup.start, proposed=tuple(dict.fromkeys((setup.start, *kinds_for(RUNS))))),
    }
    for name, (number, default) in _coefficients(setup, classifier).items():
        title = _sentence_case(terms[name].title) if name in terms else name.removeprefix(LAYER_PREFIX)
        tip = f"{terms[name].effect}." if name in terms else "How much the costs count in this layer."
        info = SettingInfo(label=f"{title} coefficient", tip=tip, minimum=0.0, maximum=COEFFICIENT_MAXIMUM)
        usual = default if default > 0 else 1.0
        proposed = _distinct(0.0, number / 2, number, 2 * number) if number else _distinct(0.0, usual)
        offered[name] = Offered(info=info, value=number, proposed=proposed)
    offered |= _offered_of(setup.descent)
    offered[_METHOD] = Offered(info=method, value=method_name(setup.method), proposed=tuple(METHODS))
    offered[_CLASSIFIER] = Offered(info=net, value=classifier.path, proposed=(classifier.path,))
    offered[_DATA] = Offered(info=data, value=dataset.path, proposed=(dataset.path,))
    return offered


def _offered_of(settings: HasSettings) -> dict[str, Offered]:
    return {
        name: _offer(info, getattr(settings, name))
        for name, info in settings.infos().items()
        if not info.while_watching
    }


def _offer(info: SettingInfo, value: Any) -> Offered:
    return Offered(info=info, value=value, proposed=_proposed(info, value))


def _proposed(info: SettingInfo, value: Any) -> tuple[Any, ...]:
    if info.choices:
        return info.choices
    if isinstance(value, bool):
        return (False, True)
    if isinstance(value, str):
        return (value,) if value else ()
    assert info.minimum is not None
    assert info.maximum is not None
    if info.label == RunSpec.info(SEED).label:
        return tuple(range(value, value + _SEEDS))
    if info.maximum == 1 and value > 1 / 2:
        return _distinct(*((1 - factor * (1 - value) for factor in (10, 1, 0.1)) if value < 1 else (0.99, 1.0)))
    if isinstance(value, int):
        near = (value, max(1, info.minimum)) if value == 0 else (value / 2, value, 2 * value)
        return _distinct(*(round(min(max(each, info.minimum), info.maximum)) for each in near))
    near = (value, min(1.0, info.maximum / 10)) if value == 0 else (value / 2, value, 2 * value)
    return _distinct(*(min(max(each, info.minimum), info.maximum) for each in near))


def _sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]


def _distinct(*values: float) -> tuple[Any, ...]:
    """Returns `values` without repetition, rounded where they are not whole."""
    return tuple(dict.fromkeys(each if isinstance(each, int) else float(f"{each:.{_DIGITS}g}") for each in values))
