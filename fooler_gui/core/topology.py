"""The shape of a classifier: its convolutions and dense layers (method.md, Classifier)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from fooler_gui.core.number_text import read_number
from fooler_gui.core.settings import SettingError, check_number

PADDINGS = ("same", "valid")
FLATTEN, AVERAGE = "flatten", "average"
ENDS_OF_MAPS = (FLATTEN, AVERAGE)
MOST_DROPOUT = 0.95

_BATCH_NORM = "batchnorm"
_DROPOUT = "dropout="
_CONVOLUTION = re.compile(r"(\d+)x(\d+)x(\d+)(?:/(\d+))?")
_FURTHER = f",{_BATCH_NORM} and ,{_DROPOUT}RATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """One convolution with ReLU, and the max-pool after it.

    Attributes:
        kernel: Height and width in pixels, each from 1 to 99.
        filters: How many, from 1 to 4096.
        padding: "same" keeps the size of the image, "valid" uses only whole neighbourhoods.
        pool: Size of the max-pool in pixels, from 1 to 16; 1 is none.
        batch_norm: Whether a batch normalisation stands before the ReLU, in place of biases.
        dropout: The share of units left out in a training step, after the pool, from 0 to 0.95; 0 is none.
    """

    kernel: tuple[int, int] = (5, 5)
    filters: int = 32
    padding: str = "same"
    pool: int = 2
    batch_norm: bool = False
    dropout: float = 0.0

    def __post_init__(self) -> None:
        height, width = self.kernel
        check_number("kernel height", height, 1, 99, whole=True)
        check_number("kernel width", width, 1, 99, whole=True)
        check_number("filters", self.filters, 1, 4096, whole=True)
        check_number("pool", self.pool, 1, 16, whole=True)
        object.__setattr__(self, "dropout", check_number("dropout", self.dropout, 0, MOST_DROPOUT))
        if self.padding not in PADDINGS:
            raise SettingError(f"padding must be one of {', '.join(PADDINGS)}; received {self.padding!r}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Returns the convolution that `text` such as ``5x5x32``, ``5x5x32/1,valid`` or ``3x3x16,batchnorm`` describes.

        Raises:
            SettingError: The text has another form or a number is out of range.
        """
        size, *parts = text.strip().split(",")
        match = _CONVOLUTION.fullmatch(size)
        further = _further(parts, PADDINGS)
        if match is None or further is None:
            raise SettingError(
                "A convolution must be written HEIGHTxWIDTHxFILTERS with, if wanted, /POOL, "
                f",PADDING, {_FURTHER}, such as 5x5x32 or 3x3x16/1,valid; received {text!r}."
            )
        height, width, filters, pool = match.groups()
        return cls(kernel=(int(height), int(width)), filters=int(filters), pool=int(pool or 2), **further)

    def __str__(self) -> str:
        pool = "" if self.pool == 2 else f"/{self.pool}"
        padding = "" if self.padding == "same" else f",{self.padding}"
        return f"{self.kernel[0]}x{self.kernel[1]}x{self.filters}{pool}{padding}{_further_text(self)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """One dense layer with ReLU.

    Attributes:
        units: How many, from 1 to 65,536.
        batch_norm: Whether a batch normalisation stands before the ReLU, in place of biases.
        dropout: The share of units left out in a training step, from 0 to 0.95; 0 is none.
    """

    units: int = 1024
    batch_norm: bool = False
    dropout: float = 0.0

    def __post_init__(self) -> None:
        check_number("dense units", self.units, 1, 65_536, whole=True)
        object.__setattr__(self, "dropout", check_number("dropout", self.dropout, 0, MOST_DROPOUT))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Returns the dense layer that `text` such as ``1024`` or ``128,batchnorm,dropout=0.5`` describes.

        Raises:
            SettingError: The text has another form or a number is out of range.
        """
        units, *parts = text.strip().split(",")
        further = _further(parts, ())
        if not units.isdecimal() or further is None:
            raise SettingError(
                f"A dense layer must be written UNITS with, if wanted, {_FURTHER}, such as 1024 or "
                f"128,batchnorm,dropout=0.5; received {text!r}."
            )
        return cls(units=int(units), **further)

    @property
    def is_plain(self) -> bool:
        """Whether its units say all of it."""
        return self == Dense(units=self.units)

    def __str__(self) -> str:
        return f"{self.units}{_further_text(self)}"


def _further(parts: list[str], paddings: tuple[str, ...]) -> dict[str, Any] | None:
    """Returns what `parts` of a layer's text say beyond its size, by attribute; None if one is none or stands twice."""
    found: dict[str, Any] = {}
    for part in parts:
        rate = read_number(part.removeprefix(_DROPOUT)) if part.startswith(_DROPOUT) else None
        said: dict[str, Any] = {"padding": part} if part in paddings else {}
        said |= {"batch_norm": True} if part == _BATCH_NORM else {}
        said |= {} if rate is None else {"dropout": rate}
        if not said or said.keys() & found.keys():
            return None
        found |= said
    return found


def _further_text(layer: Convolution | Dense) -> str:
    batch_norm = f",{_BATCH_NORM}" if layer.batch_norm else ""
    return batch_norm + (f",{_DROPOUT}{layer.dropout!r}" if layer.dropout else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """The layers between a classifier's input and its output.

    Attributes:
        convolutions: In order, up to 16; each is recorded as ``conv0``, ``conv1`` … after its pool.
        dense: The dense layers, up to 16; recorded before their batch normalisation and ReLU as ``fc`` (``fc0``,
            ``fc1`` … when there are several). A number stands for a layer of so many units and nothing else.
        maps: How the last convolution's maps are passed on: "flatten" every unit, "average" each map's mean.
    """

    convolutions: tuple[Convolution, ...] = (Convolution(filters=32), Convolution(filters=64))
    dense: tuple[Dense, ...] = (Dense(),)
    maps: str = FLATTEN

    def __post_init__(self) -> None:
        check_number("the number of convolutions", len(self.convolutions), 0, 16, whole=True)
        check_number("the number of dense layers", len(self.dense), 0, 16, whole=True)
        dense = tuple(layer if isinstance(layer, Dense) else Dense(units=layer) for layer in self.dense)
        object.__setattr__(self, "dense", dense)
        if self.maps not in ENDS_OF_MAPS:
            raise SettingError(f"maps must be one of {', '.join(ENDS_OF_MAPS)}; received {self.maps!r}.")

    @property
    def dense_names(self) -> tuple[str, ...]:
        """The dense layers' names, as recorded."""
        return ("fc",) if len(self.dense) == 1 else tuple(f"fc{index}" for index in range(len(self.dense)))

    @property
    def recorded_layers(self) -> tuple[str, ...]:
        """The recorded layers' names, in order."""
        return ("inputs", *(f"conv{index}" for index in range(len(self.convolutions))), *self.dense_names)

    def to_dict(self) -> dict[str, Any]:
        """Returns the topology as a dict for TOML and JSON; plain dense layers are their numbers of units."""
        layers: dict[str, Any] = {
            "convolutions": [str(convolution) for convolution in self.convolutions],
            "dense": [layer.units if layer.is_plain else str(layer) for layer in self.dense],
        }
        return layers if self.maps == FLATTEN else layers | {"maps": self.maps}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Returns the topology that `to_dict` turned into `data`.

        Raises:
            SettingError: A value is not allowed.
        """
        convolutions, dense = data.get("convolutions", []), data.get("dense", [])
        if not isinstance(convolutions, list) or not all(isinstance(text, str) for text in convolutions):
            raise SettingError(f"convolutions must be a list of texts such as 5x5x32; received {convolutions!r}.")
        if not isinstance(dense, list):
            raise SettingError(f"dense must be a list of unit counts; received {dense!r}.")
        return cls(
            convolutions=tuple(map(Convolution.parse, convolutions)),
            dense=tuple(
                Dense.parse(layer) if isinstance(layer, str) and "," in layer else Dense(units=layer) for layer in dense
            ),
            maps=data.get("maps", FLATTEN),
        )

    def __str__(self) -> str:
        words = [f"conv {c.filters}" for c in self.convolutions] + [f"dense {layer.units}" for layer in self.dense]
        return " · ".join(words) or "softmax alone"
