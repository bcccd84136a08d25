"""Naloxone: kits, who got them for the first time, kits that were used, reversals (MS-18)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.line import Asked, Definition, Of
from broker_desktop.records.measure.reading import code_of, number_of, offer_of
from broker_desktop.records.measure.tally import Count, Total, by_code
from broker_desktop.records.naloxone_reversal import NALOXONE_REVERSAL
from broker_desktop.records.naloxone_supply import NALOXONE_SUPPLY
from broker_desktop.records.nx_visit import NX_VISIT

_USED: Final = frozenset({"used_on_self", "used_on_other"})
_TRAINED: Final = frozenset({"full", "brief_refresher"})
_OFFERED: Final = frozenset({"offered", "accepted", "declined"})


def _kits(row: Payload, asked: Asked) -> Iterator[tuple[str | None, int]]:
    yield code_of(row, "product"), number_of(row, "qty_kits") or 0


def _was_offered(row: Payload, asked: Asked) -> bool:
    return offer_of(row, "naloxone") in _OFFERED


def _was_accepted(row: Payload, asked: Asked) -> bool:
    return offer_of(row, "naloxone") == "accepted"


_OFFERS: Final = Count((Of(CONTACT, _was_offered), Of(NX_VISIT, _was_offered)))
_SUPPLIES: Final = Count((Of(NALOXONE_SUPPLY),), by=(by_code("supply_type"),))

LINES: Final = (
    Definition(id="MS-18.offered", title="Naloxone offered", unit="offers", rule=_OFFERS),
    Definition(
        id="MS-18.accepted",
        title="Naloxone accepted",
        unit="offers",
        rule=Count((Of(CONTACT, _was_accepted), Of(NX_VISIT, _was_accepted))),
        out_of=_OFFERS,
    ),
    Definition(
        id="MS-18.kits",
        title="Naloxone kits supplied",
        unit="items",
        rule=Total((Of(NALOXONE_SUPPLY),), _kits, by="product"),
        counts_people_or_events=False,
    ),
    Definition(id="MS-18.supplied", title="Naloxone supplies, first or repeat", unit="supplies", rule=_SUPPLIES),
    Definition(
        id="MS-18.trained",
        title="Naloxone supplies with training",
        unit="supplies",
        rule=Count((Of(NALOXONE_SUPPLY, lambda row, asked: code_of(row, "training") in _TRAINED),)),
        out_of=_SUPPLIES,
    ),
    Definition(
        id="MS-18.replaced_used",
        title="Kits replaced because they were used",
        unit="supplies",
        rule=Count((Of(NALOXONE_SUPPLY, lambda row, asked: code_of(row, "repeat_reason") in _USED),)),
        out_of=_SUPPLIES,
    ),
    Definition(
        id="MS-18.reversals",
        title="Reversals told of, by outcome",
        unit="reversals",
        rule=Count((Of(NALOXONE_REVERSAL),), by=(by_code("outcome"),)),
        notes=("As people tell it, also at second hand.",),
    ),
)
