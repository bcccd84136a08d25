"""Where referrals come from and go to: who sent them to which team, which team sent them on where, and how soon.

The from/to table of a pathway review (requirements.md PORT12-08, PORT12-60): its cells are the parts of two lines, its
rows and columns add up to lines that stand elsewhere under the same names (MS-13.made and MS-13.made_by_team,
MS-14.sources and MS-14.received_by_team), so that hiding sees one table with its totals.
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.broker_contact import BROKER_CONTACT
from broker_desktop.records.directory_entry import DIRECTORY_ENTRY
from broker_desktop.records.measure.brokers import broker_met
from broker_desktop.records.measure.line import Asked, Definition, Of
from broker_desktop.records.measure.pathway import waiting_days
from broker_desktop.records.measure.reading import code_of
from broker_desktop.records.measure.referrals import RECEIVED, is_inwards, is_outwards
from broker_desktop.records.measure.tally import Count, Cut, Middle, by_code
from broker_desktop.records.referral import REFERRAL

NOT_IN_DIRECTORY: Final = "not_in_directory"
_ADVOCACY: Final = "advocacy"
_COHORT: Final = "Of the referrals of the period whose first appointment was attended, as known now."


class _Directory:
    """The agencies that records name, read once for a count."""

    def __init__(self, asked: Asked) -> None:
        rows = asked.facts.rows(DIRECTORY_ENTRY.name, None, None)
        self.entries = {row["_id"]: (code_of(row, "name"), code_of(row, "sector")) for row in rows}

    def of(self, row: Payload) -> tuple[str | None, str | None] | None:
        """Give name and sector of the agency that a record refers to, None where it refers to none."""
        agency = row.get("agency")
        return self.entries.get(agency.get("id")) if type(agency) is dict else None


def _agency(row: Payload, asked: Asked) -> tuple[str | None]:
    """Name the agency as the directory does; a name typed by hand is not printed, only that there is one."""
    found = asked.shared(_Directory).of(row)
    return (found[0] if found else NOT_IN_DIRECTORY if code_of(row, "agency_name") else None,)


def _sector(row: Payload, asked: Asked) -> tuple[str | None]:
    found = asked.shared(_Directory).of(row)
    return (found[1] if found else None,)


def _from_criminal_justice(row: Payload, asked: Asked) -> bool:
    source = code_of(row, "source")
    in_it = source is not None and asked.codes.group("referral_source", source) == "criminal_justice"
    return in_it and is_inwards(row, asked)


def _is_advocacy(row: Payload, asked: Asked) -> bool:
    return broker_met(row, asked) and code_of(row, "purpose") == _ADVOCACY


_MADE: Final = (Of(REFERRAL, is_outwards),)
_IN: Final = (Of(REFERRAL, is_inwards),)
_ON: Final = (by_code("team"), by_code("destination"))
_HERE: Final = (by_code("source"), by_code("team"))

LINES: Final = (
    Definition(
        id="MS-13.made_by_flow",
        title="Referrals made, from which team to where",
        unit="referrals",
        rule=Count(_MADE, by=_ON),
    ),
    Definition(
        id="MS-13.flow_days",
        title="Days from referral to first appointment, from which team to where, median",
        unit="days",
        rule=Middle(_MADE, waiting_days, by=_ON),
        is_rate=True,
        notes=(_COHORT,),
    ),
    Definition(
        id="MS-13.made_by_sector",
        title="Referrals made, by sector of the agency",
        unit="referrals",
        rule=Count(_MADE, by=(Cut("agency_sector", _sector),)),
        notes=("As the directory says of the agency; a referral that names none stands under not said.",),
    ),
    Definition(
        id="MS-13.by_route",
        title="Referrals made or taken in, by route",
        unit="referrals",
        rule=Count((Of(REFERRAL),), by=(by_code("route", "referral_route"), by_code("direction"))),
    ),
    Definition(
        id="MS-14.received_by_flow",
        title="Referrals taken in, from whom to which team",
        unit="referrals",
        rule=Count(_IN, by=_HERE),
    ),
    Definition(
        id="MS-14.flow_days",
        title="Days from referral to first appointment, from whom to which team, median",
        unit="days",
        rule=Middle(_IN, waiting_days, by=_HERE),
        is_rate=True,
        notes=(_COHORT,),
    ),
    Definition(
        id="MS-14.criminal_justice",
        title="Referrals taken in from criminal justice",
        unit="referrals",
        rule=Count((Of(REFERRAL, _from_criminal_justice),), by=(by_code("source"),)),
        out_of=RECEIVED,
        notes=("Police custody, probation, court, prison and their like, added up.",),
    ),
    Definition(
        id="MS-16.advocacy",
        title="Broker contacts for advocacy, by the agency they were about",
        unit="contacts",
        rule=Count((Of(BROKER_CONTACT, _is_advocacy),), by=(Cut("agency", _agency),)),
        notes=("The agency as the directory names it.",),
    ),
)
