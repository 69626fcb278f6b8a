"""Settings as frozen dataclasses: one field holds a setting's name, default, range, unit and explanation.

Panels, command line, run files and documentation derive from these fields, so that each fact about a setting is stated
once.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Self

from fooler_gui.core.errors import LabError
from fooler_gui.core.objectives import OBJECTIVES, PROBABILITY, UNIT
from fooler_gui.core.optimiser_names import ADAM, DIRECT, ENCODINGS, EVOLUTION, OPTIMISERS, TITLES
from fooler_gui.core.random_transformations import RandomTransformations
from fooler_gui.core.terms import COEFFICIENT_MAXIMUM, known_terms

MAXIMUM_SEED = 2**31 - 1


class SettingError(LabError, ValueError):
    """A value that a setting does not allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingInfo:
    """The facts about one setting.

    Attributes:
        label: Its name on screen, in sentence case.
        tip: What it does, and the effect of more or less of it.
        unit: Its unit, empty for a plain number.
        minimum: The smallest value allowed; None if it is not a number.
        maximum: The largest value allowed; None likewise.
        logarithmic: Whether its slider is logarithmic.
        choices: The values allowed; empty if any in the range is.
        titles: What choices are called on screen, where that is not their name.
        pattern: A regular expression that the text matches; "" if it is no text, or one of the choices.
        form: What such a text must be; completes "must be …".
        group: Its heading on screen, if there are several.
        while_watching: Whether it makes sense only on screen, and so is no option of the command line.
    """

    label: str
    tip: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    logarithmic: bool = False
    choices: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""
    form: str = ""
    group: str = ""
    while_watching: bool = False


def setting(default: Any, label: str, tip: str, **info: Any) -> Any:
    """Returns a dataclass field with `default` that carries a `SettingInfo` made of the other arguments."""
    return field(default=default, metadata={"info": SettingInfo(label=label, tip=tip, **info)})


def seed_setting(tip: str) -> Any:
    """Returns the dataclass field of a random seed with the explanation `tip` and default 0."""
    return setting(0, "Random seed", tip, minimum=0, maximum=MAXIMUM_SEED)


def batch_size_setting(default: int, tip: str) -> Any:
    """Returns the dataclass field of how many images a step of a training sees."""
    return setting(default, "Batch size", tip, minimum=1, maximum=10_000, unit="images")


def training_rate_setting(default: float, tip: str) -> Any:
    """Returns the dataclass field of Adam's step for a classifier's weights."""
    return setting(default, "Learning rate", tip, minimum=1e-7, maximum=1.0, logarithmic=True)


def check_number(name: str, value: Any, minimum: float, maximum: float, *, whole: bool = False) -> float | int:
    """Returns `value` as an int (if `whole`) or a float, in [`minimum`, `maximum`].

    Raises:
        SettingError: It is not a finite number of that kind, or outside the range.
    """
    kind = "a whole number" if whole else "a number"
    allowed = f"{kind} of at least {minimum:g}"
    if maximum < math.inf:
        allowed = f"{kind} from {minimum:.10g} to {maximum:.10g}"
    is_number = isinstance(value, int) or (isinstance(value, float) and not whole and math.isfinite(value))
    if not is_number or isinstance(value, bool) or not minimum <= value <= maximum:
        raise SettingError(f"{name} must be {allowed}; received {value!r}.")
    return value if whole else float(value)


class HasSettings:
    """Base of dataclasses with some fields that are settings."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __post_init__(self) -> None:
        """Checks each setting.

        Raises:
            SettingError: A value is not allowed.
        """
        for name in self.infos():
            object.__setattr__(self, name, _checked(self.__dataclass_fields__[name], getattr(self, name)))

    @classmethod
    def infos(cls) -> dict[str, SettingInfo]:
        """Returns the facts about each setting by name, in order."""
        return {
            name: entry.metadata["info"] for name, entry in cls.__dataclass_fields__.items() if "info" in entry.metadata
        }

    @classmethod
    def info(cls, name: str) -> SettingInfo:
        """Returns the facts about the setting called `name`."""
        return cls.infos()[name]

    @classmethod
    def default(cls, name: str) -> Any:
        """Returns the default of the setting called `name`."""
        return cls.__dataclass_fields__[name].default


class Settings(HasSettings):
    """Base of settings dataclasses: each field is a setting; converts to and from dicts."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Returns the settings as a dict for TOML and JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Returns the settings in `data`; those left out take their defaults.

        Raises:
            SettingError: A name is unknown or a value is not allowed.
        """
        known = list(cls.__dataclass_fields__)
        if not isinstance(data, Mapping):
            raise SettingError(f"Settings must be a table of {', '.join(known)}; received {data!r}.")
        for name in data:
            if name not in known:
                raise SettingError(f"{name!r} is not a setting here; known are {', '.join(known)}.")
        return cls(**data)

    @classmethod
    def from_dict_leniently(cls, data: Mapping[str, Any]) -> tuple[Self, list[str]]:
        """Returns the settings with every valid value of `data`, and a sentence for each skipped value."""
        good: dict[str, Any] = {}
        problems = []
        for name, value in data.items():
            try:
                cls.from_dict({name: value})
            except SettingError as error:
                problems.append(str(error))
            else:
                good[name] = value
        return cls(**good), problems


def _checked(entry: dataclasses.Field[Any], value: object) -> object:
    info: SettingInfo = entry.metadata["info"]
    if info.choices:
        if value not in info.choices:
            raise SettingError(f"{entry.name} must be one of {', '.join(info.choices)}; received {value!r}.")
        return value
    if info.pattern:
        if not isinstance(value, str) or not re.fullmatch(info.pattern, value):
            raise SettingError(f"{entry.name} must be {info.form}; received {value!r}.")
        return value
    if isinstance(entry.default, bool):
        if not isinstance(value, bool):
            raise SettingError(f"{entry.name} must be true or false; received {value!r}.")
        return value
    assert info.minimum is not None
    assert info.maximum is not None
    return check_number(entry.name, value, info.minimum, info.maximum, whole=isinstance(entry.default, int))


@dataclass(frozen=True, slots=True, kw_only=True)
class DescentSettings(Settings):
    """How images are changed, saved and stopped. All may change during a run (method.md, Descent)."""

    learning_rate: float = setting(
        0.01,
        "Learning rate",
        "More is faster and rougher: how far Adam moves a pixel in a step.",
        minimum=1e-6,
        maximum=10.0,
        unit="of the pixel range per step",
        logarithmic=True,
        group="Steps",
    )
    objective: str = setting(
        PROBABILITY,
        "Objective",
        "Cross-entropy, logit and margin also move images that the classifier is sure are something else, where the "
        "article's, probability, hardly does. They are what misclassification cost lowers: 1 − p, −ln p, −z, or the "
        "greatest other logit minus z, with p and z the label's probability and logit. Unit raises the activation of a "
        "unit of the net instead, whatever the label.",
        choices=OBJECTIVES,
        group="Steps",
    )
    unit: str = setting(
        "",
        "Unit",
        "Another unit draws other patterns: what the objective unit raises, by its recorded layer and its number from "
        "0, such as conv1:5. Of a convolution it is a channel, whose activation is its mean over the image.",
        pattern="(.+:[0-9]{1,6})?",
        form="a recorded layer and the number of a channel or unit in it, such as conv1:5",
        group="Steps",
    )
    unit_done: float = setting(
        0.0,
        "Activation goal",
        "More drives the unit further: with the objective unit an image is done once its activation is over this, and "
        "a run stops once all are; 0 sets no goal, so that the run makes all its steps.",
        minimum=0.0,
        maximum=1e6,
        group="Steps",
    )
    optimiser: str = setting(
        ADAM,
        "Steps by",
        "Adam as in the article; equal steps along the gradient's sign, known as PGD; normalised: each image moves "
        "by the learning rate in all, along its gradient; or evolution, which needs no gradient: a step is a "
        "generation.",
        choices=OPTIMISERS,
        titles=TITLES,
        group="Steps",
    )
    encoding: str = setting(
        DIRECT,
        "Encoding",
        "CPPN makes regular patterns, direct makes static: evolution mutates small networks that compute each pixel "
        "from its place, or the pixels themselves.",
        choices=ENCODINGS,
        titles=TITLES,
        group="Steps",
    )
    population: int = setting(
        200,
        "Population",
        "More is slower and finds more in a generation: how many offspring the population of each slot has, which all "
        "labels share.",
        minimum=1,
        maximum=10_000,
        unit="images",
        group="Steps",
    )
    save_frequency: int = setting(
        1,
        "Save every",
        "More records and shows fewer of the steps: images and probabilities are recorded together after this many.",
        minimum=1,
        maximum=10_000,
        unit="steps",
        group="Steps",
    )
    save_gigabytes: float = setting(
        4.0,
        "Saves at most",
        "More keeps more of a long run: what its saves may take on disk. Once they take more, older ones are thinned; "
        "the first, the last and the best always stay, and those at which an image reached a milestone are the last to "
        "go.",
        minimum=0.01,
        maximum=10_000.0,
        unit="GB",
        group="Steps",
    )
    min_probability: float = setting(
        0.999,
        "Stop at lowest p",
        "More makes the classifier surer and runs longer: stop once every image of a label has a probability over "
        "this.",
        minimum=0.0,
        maximum=1.0,
        group="Stop",
    )
    mean_probability: float = setting(
        1.0,
        "Stop at mean p",
        "Stop once the mean probability of a label's images is over this. 1 turns it off.",
        minimum=0.0,
        maximum=1.0,
        group="Stop",
    )
    min_steps: int = setting(
        0,
        "At least",
        "Probabilities do not stop a run before this many steps.",
        minimum=0,
        maximum=1_000_000,
        unit="steps",
        group="Stop",
    )
    max_steps: int = setting(
        60,
        "At most",
        "A run stops after this many steps whatever its probabilities are.",
        minimum=1,
        maximum=1_000_000,
        unit="steps",
        group="Stop",
    )
    tolerance: float = setting(
        0.0,
        "Cost tolerance",
        "Stop when the cost changed by less than this in a step. 0 turns it off.",
        minimum=0.0,
        maximum=1e6,
        group="Stop",
    )
    budget_linf: float = setting(
        0.0,
        "Pixel budget",
        "Less keeps images closer to their starts: no pixel may change by more than this. 0 turns it off.",
        minimum=0.0,
        maximum=1.0,
        group="Budgets",
    )
    budget_l2: float = setting(
        0.0,
        "Distance budget",
        "Less keeps images closer to their starts: the Euclidean distance of an image from its start may not be more "
        "than this. 0 turns it off.",
        minimum=0.0,
        maximum=10_000.0,
        group="Budgets",
    )
    transformations: int = setting(
        0,
        "Transformations",
        "More makes images that keep their label when moved, turned or resized, and steps slower: the objective is the "
        "mean over this many random transformations of each image, new ones at every step. 0 turns it off.",
        minimum=0,
        maximum=100,
        group="Robustness",
    )
    transform_shift: float = setting(
        2.0,
        "Shift up to",
        "More makes larger and smoother shapes: how far a transformation may move an image, in each direction.",
        minimum=0.0,
        maximum=1000.0,
        unit="pixels",
        group="Robustness",
    )
    transform_turn: float = setting(
        10.0,
        "Turn up to",
        "More makes shapes that hold also when turned: how far a transformation may turn an image, either way.",
        minimum=0.0,
        maximum=180.0,
        unit="degrees",
        group="Robustness",
    )
    transform_scale: float = setting(
        0.1,
        "Scale within 1 ±",
        "More makes shapes that hold in other sizes: by which share a transformation may enlarge or reduce an image.",
        minimum=0.0,
        maximum=0.9,
        group="Robustness",
    )
    blur_every: int = setting(
        0,
        "Blur every",
        "Fewer makes smoother images: after this many steps they are blurred. 0 turns it off.",
        minimum=0,
        maximum=10_000,
        unit="steps",
        group="Robustness",
    )
    blur_sigma: float = setting(
        0.5,
        "Blur by",
        "More makes smoother images: the standard deviation of the Gaussian that blurs them.",
        minimum=0.1,
        maximum=100.0,
        unit="pixels",
        group="Robustness",
    )
    num_mono_dec_saves: int = setting(
        3,
        "Falling saves",
        "More gives an image more time: one whose probability did not rise over this many saves is reinitialised.",
        minimum=2,
        maximum=1000,
        unit="saves",
        group="Reinitialise",
    )
    reinitialise_below: float = setting(
        0.99,
        "Reinitialise below p",
        "Only slots below this probability are reinitialised. 0 turns it off.",
        minimum=0.0,
        maximum=1.0,
        group="Reinitialise",
    )
    keep_refining: bool = setting(
        False,
        "Keep refining after the stop",
        "The stopping rules no longer end the run: images keep changing until you stop it.",
        while_watching=True,
        group="Stop",
    )

    @property
    def driven_objective(self) -> str:
        """The objective that counts; under evolution always the probability."""
        return PROBABILITY if self.optimiser == EVOLUTION else self.objective

    @property
    def activation_goal(self) -> float:
        """What a unit's activation must be over for an image to be done; infinite without a goal."""
        return self.unit_done or math.inf

    @property
    def driven_unit(self) -> str:
        """The unit whose activation is the objective that counts; "" with any other objective."""
        return self.unit if self.driven_objective == UNIT else ""

    @property
    def evaluations_a_step(self) -> int:
        """How many evaluations by the classifier the search for a slot's next image takes."""
        return self.population if self.optimiser == EVOLUTION else 1

    @property
    def random_transformations(self) -> RandomTransformations:
        """The random transformations of each image in a step; under evolution none."""
        count = 0 if self.optimiser == EVOLUTION else self.transformations
        return RandomTransformations(count, self.transform_shift, self.transform_turn, self.transform_scale)

    def blur_after(self, steps: int) -> float:
        """Returns the standard deviation, in pixels, of the blur that follows so many `steps`; 0 for none."""
        return self.blur_sigma if self.blur_every and steps % self.blur_every == 0 else 0.0

    @property
    def save_bytes(self) -> int:
        """What the saves of a run may take on disk, in bytes."""
        return round(self.save_gigabytes * 1e9)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSettings(Settings):
    """The four points in which the 2016 program differs from the article (method.md). Fixed during a run."""

    per_unit_minimum: bool = setting(
        False,
        "Nearest reference unit by unit at dense layers",
        "Makes distances at dense layers smaller: the minimum over training images is taken for each unit, not for "
        "whole patterns, as in the 2016 program.",
    )
    self_pairs: bool = setting(
        False,
        "Count self-pairs in the batch distance",
        "Makes the distance smaller: each image is also compared with itself, as in the 2016 program; (B−1)/B of it "
        "is left.",
    )
    keep_in_range: bool = setting(
        True,
        "Keep pixels in [0, 1] after every step",
        "Images stay such as a screen can show. Off: pixels may leave the range during the descent, as in the 2016 "
        "program.",
    )
    fresh_moments: bool = setting(
        True,
        "Fresh Adam moments for a reinitialised slot",
        "A reinitialised image starts at rest. Off: it keeps the momentum of the one it replaces, as in the 2016 "
        "program.",
    )


METHODS: Mapping[str, MethodSettings] = MappingProxyType(
    {
        "article": MethodSettings(),
        "2016": MethodSettings(per_unit_minimum=True, self_pairs=True, keep_in_range=False, fresh_moments=False),
    }
)


def method_name(method: MethodSettings) -> str:
    """Returns the name of the preset equal to `method`, or "own"."""
    return next((name for name, preset in METHODS.items() if preset == method), "own")


LAYER_PREFIX = "layer_cost_coeff_"
"""Prefix of a layer's coefficient among all coefficients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostCoefficients:
    """The factors of the cost's terms (method.md, Cost of a batch). Each is from 0 to 1e6.

    Attributes:
        layer_cost_coeffs: The coefficient of each recorded layer by name, in the classifier's order. It also multiplies
        the
            layer's terms.
        term_coeffs: The coefficient of each known term by name; those left out take the terms' defaults.
    """

    layer_cost_coeffs: Mapping[str, float]
    term_coeffs: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        terms = known_terms()
        for name in self.term_coeffs:
            if name not in terms:
                raise SettingError(f"There is no term {name!r}; there are {', '.join(terms)}.")
        given = {name: self.term_coeffs.get(name, term.default) for name, term in terms.items()}
        for field_name, values in (("layer_cost_coeffs", self.layer_cost_coeffs), ("term_coeffs", given)):
            checked = {
                name: float(check_number(_key_of(field_name, name), value, 0.0, COEFFICIENT_MAXIMUM))
                for name, value in values.items()
            }
            object.__setattr__(self, field_name, MappingProxyType(checked))

    @property
    def has_penalties(self) -> bool:
        """Whether any layer's coefficient is above zero, so that its terms hold images back."""
        return any(self.layer_cost_coeffs.values())

    def with_terms(self, **term_coeffs: float) -> Self:
        """Returns a copy with the given term coefficients."""
        return dataclasses.replace(self, term_coeffs={**self.term_coeffs, **term_coeffs})

    def with_layers(self, layer_cost_coeffs: Mapping[str, float]) -> Self:
        """Returns a copy with the given coefficients of layers.

        Raises:
            SettingError: It has no such layer.
        """
        unknown = next((name for name in layer_cost_coeffs if name not in self.layer_cost_coeffs), "")
        if unknown:
            known = ", ".join(self.layer_cost_coeffs)
            raise SettingError(f"A layer's coefficient must name one of {known}; received {unknown!r}.")
        return dataclasses.replace(self, layer_cost_coeffs={**self.layer_cost_coeffs, **layer_cost_coeffs})

    def flat(self) -> dict[str, float]:
        """Returns every coefficient by name.

        A layer's is called ``layer_cost_coeff_<layer>``, a term's `Term.coefficient_name`.
        """
        of_terms = {known_terms()[name].coefficient_name: value for name, value in self.term_coeffs.items()}
        return of_terms | {f"{LAYER_PREFIX}{name}": value for name, value in self.layer_cost_coeffs.items()}

    @staticmethod
    def keys() -> tuple[str, ...]:
        """Returns the keys allowed in a coefficient file: one for some terms, and two tables."""
        keys = (term.coefficient_key for term in known_terms().values() if term.coefficient_key)
        return (*keys, "layer_cost_coeffs", "term_coeffs")

    @classmethod
    def from_flat(cls, numbers: Mapping[str, float], layers: Iterable[str]) -> Self:
        """Returns the coefficients of `layers` that `flat` turned into `numbers`."""
        return cls(
            layer_cost_coeffs={name: numbers[LAYER_PREFIX + name] for name in layers},
            term_coeffs={name: numbers[term.coefficient_name] for name, term in known_terms().items()},
        )

    def changes_to(self, other: CostCoefficients) -> dict[str, float]:
        """Returns the coefficients that differ in `other`, by name, with their values there."""
        mine = self.flat()
        return {name: value for name, value in other.flat().items() if mine.get(name) != value}

    def to_dict(self) -> dict[str, Any]:
        """Returns the coefficients as a dict for TOML and JSON.

        Optional terms are included only if their coefficient is greater than 0.
        """
        terms = known_terms()
        keyed = {terms[name].coefficient_key: value for name, value in self.term_coeffs.items()}
        keyed.pop("", None)
        others = {
            name: value
            for name, value in self.term_coeffs.items()
            if not terms[name].coefficient_key and value != terms[name].default
        }
        return keyed | {"layer_cost_coeffs": dict(self.layer_cost_coeffs)} | ({"term_coeffs": others} if others else {})

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], recorded_layers: Iterable[str]) -> Self:
        """Returns the coefficients in `data`; those left out are the article's.

        Raises:
            SettingError: A name is unknown, a layer is not in `recorded_layers`, or a value is not allowed.
        """
        layers = list(recorded_layers)
        keys = {term.coefficient_key: name for name, term in known_terms().items() if term.coefficient_key}
        known = cls.keys()
        if not isinstance(data, Mapping):
            raise SettingError(f"Coefficients must be a table of {', '.join(known)}; received {data!r}.")
        for name in data:
            if name not in known:
                raise SettingError(f"{name!r} is not a coefficient; known are {', '.join(known)}.")
        tables = {name: data.get(name, {}) for name in ("layer_cost_coeffs", "term_coeffs")}
        for (name, table), kind in zip(tables.items(), ("layers", "terms"), strict=True):
            if not isinstance(table, Mapping):
                raise SettingError(f"{name} must be a table of {kind} and numbers; received {table!r}.")
        for name in tables["layer_cost_coeffs"]:
            if name not in layers:
                raise SettingError(f"The classifier records no layer {name!r}; it records {', '.join(layers)}.")
        keyed = {name: data[key] for key, name in keys.items() if key in data}
        for name in keyed:
            if name in tables["term_coeffs"]:
                raise SettingError(f"The coefficient of {name} must be given once; received it twice.")
        return cls(
            layer_cost_coeffs=_article_layers(layers) | dict(tables["layer_cost_coeffs"]),
            term_coeffs=keyed | dict(tables["term_coeffs"]),
        )


def _key_of(table: str, name: str) -> str:
    """Returns a coefficient's name in a file."""
    key = known_terms()[name].coefficient_key if table == "term_coeffs" else ""
    return key or f"{table}.{name}"


def _article_layers(recorded_layers: Iterable[str]) -> dict[str, float]:
    """Returns evenly spaced powers of ten from 1e-5 to 1e-2 (method.md, Any classifier): the article's own for four."""
    layers = list(recorded_layers)
    gaps = max(1, len(layers) - 1)
    return {name: float(f"{10 ** (-5 + 3 * index / gaps):.12g}") for index, name in enumerate(layers)}


def article_coefficients(recorded_layers: Iterable[str]) -> CostCoefficients:
    """Returns the article's coefficients: from 1e-5 at the inputs to 1e-2 at the highest recorded layer."""
    return CostCoefficients(layer_cost_coeffs=_article_layers(recorded_layers))


def no_penalties(recorded_layers: Iterable[str]) -> CostCoefficients:
    """Returns coefficients with zero for every layer: only the classifier's output drives the images."""
    return CostCoefficients(layer_cost_coeffs=dict.fromkeys(recorded_layers, 0.0))


ARTICLE, HE = "article", "he"
INITIALISATIONS = (ARTICLE, HE)
"""How a new classifier's weights are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings(Settings):
    """How a classifier is trained; the defaults are the 2016 program's (method.md, Classifier)."""

    steps: int = setting(
        20_000,
        "Steps",
        "More is slower and more accurate: how many batches the classifier is trained on.",
        minimum=1,
        maximum=10_000_000,
        unit="steps",
    )
    batch_size: int = batch_size_setting(
        50, "More makes steps steadier and slower: how many training images each sees."
    )
    learning_rate: float = training_rate_setting(
        1e-4,
        "More learns faster and less steadily: Adam's step for the weights, on the cross-entropy summed over the "
        "batch.",
    )
    validation_images: int = setting(
        5_000,
        "Validation images",
        "More make the accuracy during training more exact and leave fewer to learn from: how many training images, "
        "from the first on, are kept for validation.",
        minimum=0,
        maximum=1_000_000,
        unit="images",
    )
    initialisation: str = setting(
        ARTICLE,
        "Fresh weights",
        "article: for the article's layers, as in the 2016 program; normal with a deviation of 0.1, biases 0.1. he: "
        "for deeper nets and larger images; He's, with a deviation that falls with the number of a layer's inputs.",
        choices=INITIALISATIONS,
    )
    rng_seed: int = seed_setting(
        "The same seed gives the same classifier: the number that starts the weights and the order of images."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrainingSettings(Settings):
    """How fooling images go back into training (method.md, Retraining)."""

    steps: int = setting(
        2_000,
        "Steps",
        "More teaches the fooling images more surely and takes longer: how many batches of the training data and "
        "the fooling images are trained on.",
        minimum=1,
        maximum=10_000_000,
        unit="steps",
    )
    batch_size: int = batch_size_setting(50, "More makes steps steadier and slower: how many images each sees.")
    learning_rate: float = training_rate_setting(
        1e-4,
        "More learns faster and less steadily: Adam's step for the weights, on the cross-entropy summed over the "
        "batch.",
    )
    from_start: bool = setting(
        False,
        "Train fresh weights",
        "Forgets what was learned: start from new weights. Off: continue from the present ones.",
    )
    guarantee: bool = setting(
        False,
        "With a guarantee",
        "Gives the new classifier a guarantee before it is trained: far from all training images it provably is not "
        "sure, whatever the image. One that it has already stays.",
    )
    noise: int = setting(
        0,
        "Noise images",
        "More make the classifier less sure of noise: how many images of it are added, labelled uniformly (2016 "
        "program: 800).",
        minimum=0,
        maximum=1_000_000,
        unit="images",
    )
    blanks: int = setting(
        0,
        "Blank images",
        "More make the classifier less sure of black images: how many are added, labelled uniformly (2016 program: "
        "800).",
        minimum=0,
        maximum=1_000_000,
        unit="images",
    )
    rng_seed: int = seed_setting(
        "The same seed gives the same classifier: the number that starts noise and the order of images."
    )
