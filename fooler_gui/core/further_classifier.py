"""The further classifiers of an ensemble, which images are driven to fool beside the first one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from fooler_gui.core.settings import HasSettings, SettingError, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherClassifier(HasSettings):
    """A further classifier of an ensemble (method.md, Ensembles).

    Attributes:
        classifier: Path of its file.
        weight: Of its objective; that of the first classifier's is 1.
        sha256: The hash that its file must have, in hexadecimal; "" for any.
    """

    classifier: str
    weight: float = setting(
        1.0,
        "Weight",
        "More makes images fool this classifier sooner than the others: the weight of its objective beside the first "
        "classifier's, which is 1.",
        minimum=0.01,
        maximum=100.0,
        logarithmic=True,
    )
    sha256: str = ""

    def __post_init__(self) -> None:
        for name in ("classifier", "sha256"):
            if not isinstance(getattr(self, name), str):
                raise SettingError(f"{name} of a further classifier must be a text; received {getattr(self, name)!r}.")
        HasSettings.__post_init__(self)

    def to_dict(self) -> dict[str, Any]:
        """Returns it as a dict for TOML and JSON."""
        return {"classifier": self.classifier, "weight": self.weight, "sha256": self.sha256}

    @classmethod
    def from_dict(cls, data: object) -> Self:
        """Returns the further classifier that `to_dict` turned into `data`.

        Raises:
            SettingError: It is not one, or a value is not allowed.
        """
        if not isinstance(data, Mapping) or set(data) != {"classifier", "weight", "sha256"}:
            raise SettingError(f"A further classifier must have classifier, weight and sha256; received {data!r}.")
        return cls(**data)
