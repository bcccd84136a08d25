"""What a pack fills in where a new record leaves it open: to which of our teams a referral goes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists

_CRIMINAL_JUSTICE: Final = "criminal_justice"


def routed(type_name: str, payload: Mapping[str, Any], settings: Mapping[str, Any], codes: CodeLists) -> dict[str, Any]:
    """Give a new record with its team: a referral in from criminal justice goes where `cj_route` says (PORT12-66).

    Whoever named a team has the last word.
    """
    route, source = settings.get("cj_route"), payload.get("source")
    if type_name != "referral" or payload.get("team") is not None or payload.get("direction") != "in":
        return dict(payload)
    from_justice = isinstance(source, str) and codes.group("referral_source", source) == _CRIMINAL_JUSTICE
    if not from_justice or not isinstance(route, str) or route not in codes.known("team"):
        return dict(payload)
    return {**payload, "team": route}
