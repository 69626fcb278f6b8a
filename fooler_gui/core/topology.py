"""The shape of a classifier: its convolutions and dense layers (method.md, Classifier)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from fooler_gui.core.settings import SettingError, TrainingSettings, check_number

PADDINGS = ("same", "valid")
_CONVOLUTION = re.compile(r"(\d+)x(\d+)x(\d+)(?:/(\d+))?(?:,(same|valid))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """One convolution with ReLU, and the max-pool after it.

    Attributes:
        kernel: Height and width in pixels, each from 1 to 99.
        filters: How many, from 1 to 4096.
        padding: "same" keeps the size of the image, "valid" uses only whole neighbourhoods.
        pool: Size of the max-pool in pixels, from 1 to 16; 1 is none.
    """

    kernel: tuple[int, int] = (5, 5)
    filters: int = 32
    padding: str = "same"
    pool: int = 2

    def __post_init__(self) -> None:
        height, width = self.kernel
        check_number("kernel height", height, 1, 99, whole=True)
        check_number("kernel width", width, 1, 99, whole=True)
        check_number("filters", self.filters, 1, 4096, whole=True)
        check_number("pool", self.pool, 1, 16, whole=True)
        if self.padding not in PADDINGS:
            raise SettingError(f"padding must be one of {', '.join(PADDINGS)}; received {self.padding!r}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Returns the convolution that `text` such as ``5x5x32``, ``3x3x16/1`` or ``5x5x32/2,valid`` describes.

        Raises:
            SettingError: The text has another form or a number is out of range.
        """
        match = _CONVOLUTION.fullmatch(text.strip())
        if match is None:
            raise SettingError(
                "A convolution must be written HEIGHTxWIDTHxFILTERS with, if wanted, /POOL and "
                f",PADDING, such as 5x5x32 or 3x3x16/1,valid; received {text!r}."
            )
        height, width, filters, pool, padding = match.groups()
        return cls(
            kernel=(int(height), int(width)), filters=int(filters), pool=int(pool or 2), padding=padding or "same"
        )

    def __str__(self) -> str:
        pool = "" if self.pool == 2 else f"/{self.pool}"
        padding = "" if self.padding == "same" else f",{self.padding}"
        return f"{self.kernel[0]}x{self.kernel[1]}x{self.filters}{pool}{padding}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """The layers between a classifier's input and its output.

    Attributes:
        convolutions: In order, up to 16; each is recorded as ``conv0``, ``conv1`` … after its pool.
        dense: Units of the dense ReLU layers, each from 1 to 65,536; recorded before their ReLU as ``fc``
            (``fc0``, ``fc1`` … when there are several).
    """

    convolutions: tuple[Convolution, ...] = (Convolution(filters=32), Convolution(filters=64))
    dense: tuple[int, ...] = (1024,)

    def __post_init__(self) -> None:
        check_number("the number of convolutions", len(self.convolutions), 0, 16, whole=True)
        check_number("the number of dense layers", len(self.dense), 0, 16, whole=True)
        for units in self.dense:
            check_number("dense units", units, 1, 65_536, whole=True)

    @property
    def dense_names(self) -> tuple[str, ...]:
        """The dense layers' names, as recorded."""
        return ("fc",) if len(self.dense) == 1 else tuple(f"fc{index}" for index in range(len(self.dense)))

    @property
    def recorded_layers(self) -> tuple[str, ...]:
        """The recorded layers' names, in order."""
        return ("inputs", *(f"conv{index}" for index in range(len(self.convolutions))), *self.dense_names)

    def to_dict(self) -> dict[str, Any]:
        """Returns the topology as a dict for TOML and JSON."""
        return {"convolutions": [str(convolution) for convolution in self.convolutions], "dense": list(self.dense)}

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
        return cls(convolutions=tuple(map(Convolution.parse, convolutions)), dense=tuple(dense))

    def __str__(self) -> str:
        words = [f"conv {c.filters}" for c in self.convolutions] + [f"dense {units}" for units in self.dense]
        return " · ".join(words) or "softmax alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPreset:
    """A topology with its training settings."""

    topology: Topology
    settings: TrainingSettings


TRAINING_PRESETS: Mapping[str, TrainingPreset] = MappingProxyType(
    {
        "article": TrainingPreset(topology=Topology(), settings=TrainingSettings()),
        "quick": TrainingPreset(
            topology=Topology(convolutions=(Convolution(filters=16), Convolution(filters=32)), dense=(256,)),
            settings=TrainingSettings(steps=3_000, batch_size=64, learning_rate=1e-3),
        ),
    }
)
