"""Published figures of nets on MNIST to compare with, each with its source and convention.

Taken from primary sources: the authors' own programs, logs, notebook outputs and pages.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from fooler_gui.core.evaluation_report import (
    BERNOULLI,
    CLIPPED_NORMAL,
    DRIVEN,
    EMNIST,
    FASHION,
    GREY_CIFAR,
    NEGATIVES,
    NORMAL,
    NOTMNIST,
    OMNIGLOT,
    PERMUTED,
    SCALED,
    TEST,
    UNIFORM,
    EvaluationReport,
)

MNIST_SHA256 = "39b9b1ffaa0ba4d8995a616551f0966941fe02a3fe79ba4a9db7373db16d53ad"
"""Of the dataset that is included with the program, the only one that the published figures are of."""

_MEINKE = "Meinke and Hein, certified-certain-uncertainty, results/MNIST.csv, 2019"
_MEINKE_ATTACK = "Meinke and Hein, certified-certain-uncertainty, results/samples_steps200…, 2019"
_COOL = "vogelta.github.io, COOL, table of MNIST"
_HEIN = "Hein and others 2019, table 2 (relu_networks_overconfident, table_alpha_scaling)"
_OE = "Hendrycks and others 2019, outlier-exposure, MNIST/snapshots"
_BASELINE = "Hendrycks and Gimpel 2017, error-detection, MNIST notebooks"

_SAME_NET = "convolutions of 32 and 64, dense 1024"
_SAME_TOPOLOGY = "conv 32 · conv 64 · dense 1024"
_HEIN_NET = "a plain convolutional net"
_OE_NET = "10-20-50 convolutional net, GELU"
_MLP = "three dense layers of 256, GELU"

_DIGITS_POSITIVE = "Digits positive, whole sets."
_OE_MIX = "Others positive, 10,000 digits to 2,000 others, mean of ten draws."


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The range in which a reasonable run of the same net lies, ends included."""

    lowest: float
    highest: float

    def holds(self, value: float) -> bool:
        """Returns whether `value` lies in the band."""
        return self.lowest <= value <= self.highest


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedValue:
    """A published figure.

    Attributes:
        name: The set's name.
        figure: The attribute of `DigitFigures` or `SetFigures` to compare it with.
        value: As published, shares as 0 to 1.
        net: The net it was measured on.
        source: Where it was published.
        convention: How it was computed, and how that differs from ours.
        band: The range of reasonable runs of the same net; None for another net.
    """

    name: str
    figure: str
    value: float
    net: str
    source: str
    convention: str
    band: Band | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A published value beside ours.

    Attributes:
        published: The published value.
        ours: Our figure; None if the set was not loaded or there is no such figure.
    """

    published: PublishedValue
    ours: float | None

    @property
    def in_band(self) -> bool | None:
        """Whether ours lies in the band; None without a band or a figure of ours."""
        band = self.published.band
        return None if band is None or self.ours is None else band.holds(self.ours)


def _same(
    name: str, figure: str, value: float, lowest: float, highest: float, convention: str = "", source: str = _MEINKE
) -> PublishedValue:
    return PublishedValue(
        name=name,
        figure=figure,
        value=value,
        net=_SAME_NET,
        source=source,
        convention=convention or "Highest probability, whole sets; trained on cropped digits.",
        band=Band(lowest=lowest, highest=highest),
    )


def _other(name: str, figure: str, value: float, net: str, source: str, convention: str) -> PublishedValue:
    return PublishedValue(name=name, figure=figure, value=value, net=net, source=source, convention=convention)


def _oe(name: str, fpr95: float, auroc: float, aupr: float) -> tuple[PublishedValue, ...]:
    values = {"fpr95_others": fpr95, "auroc": auroc, "aupr_others": aupr}
    return tuple(_other(name, figure, round(value / 100, 6), _OE_NET, _OE, _OE_MIX) for figure, value in values.items())


_ATTACK = (
    "200 steps towards any class, best of 10 restarts, within a small ball around each noise image; ours: 60 steps "
    "towards a given class in the whole range."
)
_ABOVE_MEAN = "Share above the digits' mean confidence. " + _ATTACK

PUBLISHED: tuple[PublishedValue, ...] = (
    _same(TEST, "accuracy", 0.9930, 0.990, 0.996, "Plain softmax.", _COOL),
    _same(TEST, "accuracy", 0.9951, 0.990, 0.996, "Trained on cropped digits."),
    _same(TEST, "mean_confidence", 0.9916, 0.985, 0.999),
    _other(TEST, "accuracy", 0.9852, _MLP, _BASELINE, "Test error 1.48 %."),
    _other(TEST, "confidence_right", 0.9976, _MLP, _BASELINE, "Highest probability."),
    _other(TEST, "confidence_wrong", 0.8476, _MLP, _BASELINE, "Highest probability."),
    _other(TEST, "error_auroc", 0.9845, _OE_NET, _OE, "Wrong ones positive."),
    _other(TEST, "error_aupr", 0.3547, _OE_NET, _OE, "Wrong ones positive; depends on how many there are."),
    _other(TEST, "error_fpr95", 0.0656, _OE_NET, _OE, "Wrong ones positive."),
    _other(
        TEST,
        "rms_calibration_error_less_last",
        0.0115,
        _OE_NET,
        _OE,
        "After tuning a temperature, which ours is not; the last bin is left out.",
    ),
    _same(UNIFORM, "mean_confidence", 0.987, 0.90, 1.0),
    _same(UNIFORM, "auroc", 0.919, 0.80, 0.97),
    _other(UNIFORM, "mean_confidence", 0.881, _MLP, _BASELINE, "Highest probability."),
    _other(UNIFORM, "mean_confidence", 0.707, _MLP, _BASELINE, "Highest probability; a second net of theirs."),
    _other(UNIFORM, "auroc", 0.9789, _MLP, _BASELINE, _DIGITS_POSITIVE),
    _other(UNIFORM, "auroc", 0.9902, _MLP, _BASELINE, f"{_DIGITS_POSITIVE} A second net of theirs."),
    _other(NORMAL, "mean_confidence", 0.917, _MLP, _BASELINE, "Highest probability, not clipped."),
    _other(NORMAL, "mean_confidence", 0.926, _MLP, _BASELINE, "Highest probability, not clipped; a second net."),
    _other(NORMAL, "auroc", 0.8829, _MLP, _BASELINE, f"{_DIGITS_POSITIVE} Not clipped."),
    _other(NORMAL, "auroc", 0.8678, _MLP, _BASELINE, f"{_DIGITS_POSITIVE} Not clipped; a second net."),
    *_oe(CLIPPED_NORMAL, 0.21, 99.96, 99.81),
    *_oe(BERNOULLI, 1.04, 99.81, 99.01),
    *_oe(NEGATIVES, 5.20, 98.55, 91.91),
    _same(PERMUTED, "mean_confidence", 0.135, 0.10, 0.35, "Highest probability; ours repeats pixels at the border."),
    _same(PERMUTED, "auroc", 1.000, 0.99, 1.0),
    _other(
        SCALED,
        "median_scale",
        1.5,
        _HEIN_NET,
        _HEIN,
        "Median of the factors to 99.9 %, 10,000 trials, not clipped.",
    ),
    _other(SCALED, "above_95", 0.987, _HEIN_NET, _HEIN, "Share over 95 % once clipped to [0, 1] again."),
    _same(DRIVEN, "mean_confidence", 0.9996, 0.98, 1.0, f"Highest probability. {_ATTACK}", _MEINKE_ATTACK),
    _same(DRIVEN, "above_mean", 0.984, 0.98, 1.0, _ABOVE_MEAN, _MEINKE_ATTACK),
    _same(DRIVEN, "above_mean", 0.991, 0.98, 1.0, f"{_ABOVE_MEAN} Their second run.", _MEINKE_ATTACK),
    _same(DRIVEN, "auroc", 0.172, 0.0, 0.4, _ATTACK, _MEINKE_ATTACK),
    _same(FASHION, "mean_confidence", 0.673, 0.55, 0.85),
    _same(FASHION, "auroc", 0.971, 0.94, 0.995),
    *_oe(FASHION, 2.96, 99.31, 96.31),
    _same(EMNIST, "mean_confidence", 0.823, 0.72, 0.90),
    _same(EMNIST, "auroc", 0.895, 0.84, 0.94),
    *_oe(NOTMNIST, 16.64, 96.04, 84.89),
    *_oe(OMNIGLOT, 14.81, 96.23, 83.85),
    _same(GREY_CIFAR, "mean_confidence", 0.500, 0.35, 0.75),
    _same(GREY_CIFAR, "auroc", 0.996, 0.97, 1.0),
)
"""In the order of the sets. Bands are this program's own, set before its first evaluation."""


def is_mnist(sha256: str) -> bool:
    """Returns whether a dataset with this hash is the bundled MNIST."""
    return sha256 == MNIST_SHA256


def beside_published(report: EvaluationReport) -> tuple[Comparison, ...]:
    """Returns every published value with the matching figure of `report`; none if it is not of MNIST.

    Bands are left out if the classifier's layers differ from their net's.
    """
    if not is_mnist(report.dataset_sha256):
        return ()
    values = PUBLISHED
    if report.topology != _SAME_TOPOLOGY:
        values = tuple(dataclasses.replace(value, band=None) for value in PUBLISHED)
    return tuple(Comparison(published=value, ours=report.figure(value.name, value.figure)) for value in values)
