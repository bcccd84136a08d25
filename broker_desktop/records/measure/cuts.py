"""By what the parts of a line are named: the cuts of its rule, for packs that ask for a part and for the dictionary.

Reads declarations alone; counts nothing.
"""

from __future__ import annotations

from typing import Any

from broker_desktop.records.measure.line import Definition


def cut_names(definition: Definition) -> tuple[str, ...] | None:
    """Name what a line is cut by; None where its rule names no cuts and its parts are known only once counted."""
    rule: Any = definition.rule
    if not hasattr(rule, "by"):
        return None
    by = getattr(rule, "cuts", rule.by)
    cuts = by if isinstance(by, tuple) else () if by is None else (by,)
    return tuple(str(getattr(one, "name", one)) for one in cuts)
