"""Who sent people: every source as it was recorded, and with self-referrals put where the idea came from (MS-14)."""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.line import Asked, Definition, Of
from broker_desktop.records.measure.reading import code_of, codes_of, person_of
from broker_desktop.records.measure.referrals import is_inwards, is_outwards
from broker_desktop.records.measure.tally import Count, Cut, by_code
from broker_desktop.records.referral import REFERRAL

_SELF: Final = "self"


def corrected_source(row: Payload) -> str | None:
    """Give who sent somebody: whoever had the idea, where they came by themselves and say that somebody had it."""
    source = code_of(row, "source")
    return (code_of(row, "prompted_by") or source) if source == _SELF else source


def _is_self(row: Payload, asked: Asked) -> bool:
    return is_inwards(row, asked) and code_of(row, "source") == _SELF


def _was_assessed(row: Payload, asked: Asked) -> bool:
    return person_of(row) is not None and "assessment_completed" in codes_of(row, "outcome")


_IN: Final = (Of(REFERRAL, is_inwards),)

LINES: Final = (
    Definition(
        id="MS-14.sources",
        title="Referrals taken in, by who sent them, as recorded",
        unit="referrals",
        rule=Count(_IN, by=(by_code("source"),)),
    ),
    Definition(
        id="MS-14.sources_corrected",
        title="Referrals taken in, by whose idea it was",
        unit="referrals",
        rule=Count(_IN, by=(Cut("source", lambda row, asked: (corrected_source(row),)),)),
        notes=("A self-referral that somebody prompted stands with that source.",),
    ),
    Definition(
        id="MS-14.flows",
        title="Referrals taken in, by who sent them and who had the idea",
        unit="referrals",
        rule=Count(_IN, by=(by_code("source"), by_code("prompted_by"))),
    ),
    Definition(
        id="MS-13.pathways",
        title="Referrals made, by pathway and destination",
        unit="referrals",
        rule=Count((Of(REFERRAL, is_outwards),), by=(by_code("pathway", "referral_pathway"), by_code("destination"))),
    ),
    Definition(
        id="MS-14.received_by_team",
        title="Referrals taken in, by team",
        unit="referrals",
        rule=Count(_IN, by=(by_code("team"),)),
    ),
    Definition(
        id="MS-14.self_by_team",
        title="Self-referrals as recorded, by team",
        unit="referrals",
        rule=Count((Of(REFERRAL, _is_self),), by=(by_code("team"),)),
        out_of=Count(_IN),
    ),
    Definition(
        id="MS-15",
        title="Initial assessments",
        unit="contacts",
        rule=Count((Of(CONTACT, _was_assessed),), by=(by_code("team"),)),
    ),
)
