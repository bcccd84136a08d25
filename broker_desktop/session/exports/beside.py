"""What a file for people needs beside the figures: the words of codes, who we are, and the months before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broker_desktop.records.codelist import CodeLists
from broker_desktop.session.summary import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside a summary on paper; without it codes stand as codes and no line is drawn over months."""

    codes: CodeLists | None = None
    service: str = ""
    """The name of the team."""
    history: Sequence[Summary] = ()
    """The months before, as the same recipient sees them, the earliest first."""
    quarters: Sequence[Summary] = ()
    """Of a quarter: those before it, as the same recipient sees them, the earliest first."""
    disruptions: Sequence[Mapping[str, Any]] = ()
    """The disruptions of those months."""
