"""An answer, and who gave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .tensors import Array

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Prediction:
    """What a model answered."""

    #: The model and version that answered.
    model: str
    version: int
    #: The variant, where an endpoint was asked.
    variant: str | None = None
    #: One entry per row, picture, sound or text; empty where tensors were sent.
    predictions: list[Any] = field(default_factory=list)
    #: Outputs by name, where tensors were sent.
    outputs: dict[str, Array] = field(default_factory=dict)
    #: What was accepted and may not be meant, such as an unknown category.
    warnings: list[str] = field(default_factory=list)
    #: What the request cost the server, in microseconds of CPU time.
    cost_us: float | None = None
    request_id: str | None = None

    def to_frame(self) -> "pd.DataFrame":
        """The predictions as a table: members of objects become columns such as ``probabilities.late``."""
        import pandas as pd

        entries = [one if isinstance(one, dict) else {"prediction": one} for one in self.predictions]
        return pd.json_normalize(entries)
