"""How teams differ: what each offered of all its contacts, and how many answers it wrote down (MS-04 to MS-28).

The same guided form lies before every worker, so a team that offers less than the others shows (requirements.md
PORT12-27, PORT12-32, PORT12-68). An offer counts whether it was taken up or not; anonymous contacts count too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from broker_desktop.records.answer import Payload
from broker_desktop.records.contact import CONTACT
from broker_desktop.records.measure.contacts import MET, was_met
from broker_desktop.records.measure.line import PERCENT, Asked, Definition, Figure, Of, Tally
from broker_desktop.records.measure.quality import ALL_LOOKED_AT, questions_of
from broker_desktop.records.measure.reading import code_of, offer_of
from broker_desktop.records.measure.tally import Count, by_code, share_figure

_OFFERED: Final = frozenset({"offered", "accepted", "declined"})
_OFFERS: Final = {
    "bbv": ("MS-11", "a BBV test"),
    "needle_exchange": ("MS-04", "the needle exchange"),
    "naloxone": ("MS-18", "naloxone"),
    "broker": ("MS-16", "a broker"),
    "referral": ("MS-13", "a referral"),
}
"""Each offer of the contact form: the number of its line, and its words."""


@dataclass(frozen=True, slots=True, eq=False)
class AnswersByTeam:
    """The answers given of those a form must ask for, in all and by team."""

    @property
    def parts(self) -> tuple[Of, ...]:
        """The records that are looked at."""
        return ALL_LOOKED_AT

    def start(self, asked: Asked) -> Tally:
        """Begin a count."""
        return _AnswersTally(asked)


class _AnswersTally:
    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._all: Counter[str | None] = Counter()
        self._given: Counter[str | None] = Counter()

    def take(self, row: Payload) -> None:
        """Count the questions of a record for its team."""
        team, (count, missing) = code_of(row, "team"), questions_of(row, self._asked)
        self._all[team] += count
        self._given[team] += count - len(missing)

    def figure(self) -> Figure:
        """Give the share in percent, in all and by team."""
        return share_figure(self._given, self._all, "team")


def _offer_line(offer: str) -> Definition:
    number, words = _OFFERS[offer]

    def offered(row: Payload, asked: Asked) -> bool:
        return was_met(row, asked) and offer_of(row, offer) in _OFFERED

    return Definition(
        id=f"{number}.offered_by_team",
        title=f"Contacts with somebody met who were offered {words}, by team",
        unit="contacts",
        rule=Count((Of(CONTACT, offered),), by=(by_code("team"),)),
        out_of=MET,
        notes=("Taken up or not.",),
    )


def _says_of_a_broker(row: Payload, asked: Asked) -> bool:
    return was_met(row, asked) and offer_of(row, "broker") is not None


LINES: Final = (
    *map(_offer_line, _OFFERS),
    Definition(
        id="MS-16.offer_recorded",
        title="Contacts with somebody met where it is written down whether a broker was offered",
        unit=PERCENT,
        rule=Count((Of(CONTACT, _says_of_a_broker),)),
        out_of=MET,
        is_rate=True,
        notes=("Not asked is written down, too.",),
    ),
    Definition(
        id="MS-28.complete_by_team",
        title="Answers given of those a form must ask for, by team",
        unit=PERCENT,
        rule=AnswersByTeam(),
        notes=("Contacts, visits, referrals, broker contacts. Not wanting to say is an answer.",),
        counts_people_or_events=False,
        for_others="value",
    ),
)
