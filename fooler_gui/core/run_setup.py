"""The set-up of the next run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.pace import ADAPTIVE, Pace
from fooler_gui.core.reference_settings import ReferenceSettings
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import CostCoefficients, DescentSettings, MethodSettings, article_coefficients

USUAL_PACE: Pace = ADAPTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSetup:
    """All of a run but its classifier; see `RunSpec` for the other fields.

    Attributes:
        pace: How fast saves may come.
    """

    labels: tuple[int, ...] = (0,)
    slots: int = RunSpec.default("slots")
    start: str = RunSpec.default("start")
    rng_seed: int = RunSpec.default("rng_seed")
    reference_memory: float = RunSpec.default("reference_memory")
    descent: DescentSettings = field(default_factory=DescentSettings)
    method: MethodSettings = field(default_factory=MethodSettings)
    coefficients: CostCoefficients = field(default_factory=lambda: article_coefficients(()))
    further: tuple[FurtherClassifier, ...] = ()
    pace: Pace = USUAL_PACE

    @property
    def references(self) -> ReferenceSettings:
        """Which training images are references."""
        return ReferenceSettings(reference_memory=self.reference_memory, rng_seed=self.rng_seed)

    def spec(self, classifier: str, **changes: Any) -> RunSpec:
        """Returns the specification for the classifier file `classifier`, with `changes` to its fields.

        Raises:
            SettingError: A value is not allowed.
        """
        fields = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self) if entry.name != "pace"}
        return RunSpec(classifier=classifier, **(fields | changes))
