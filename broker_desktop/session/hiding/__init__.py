"""Hiding small numbers so that nothing else in a summary gives one back.

`knowledge` says what a reader can work out, `complement` what must be hidden for that. Pure: it knows counts and how
they hang together, nothing of people, files or the window.
"""

from __future__ import annotations

from broker_desktop.session.hiding.complement import NOTHING, WIDER_THAN, Hidden, Rule, hide, rounded
from broker_desktop.session.hiding.knowledge import OUT_OF, TOTAL, By, Named, Place, Table

__all__ = [
    "NOTHING",
    "OUT_OF",
    "TOTAL",
    "WIDER_THAN",
    "By",
    "Hidden",
    "Named",
    "Place",
    "Rule",
    "Table",
    "hide",
    "rounded",
]
