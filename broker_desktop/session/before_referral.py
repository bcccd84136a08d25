"""What we did with somebody in the weeks before they came "by themselves": shown beside the source, as a suggestion.

Reads only what this seat may read about the person; changes nothing (domain.md 5.2, rule 3).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from broker_desktop.records.dates import day_of, parse_moment
from broker_desktop.records.referral_source import LOOK_BACK, EarlierContact, earlier_contacts
from broker_desktop.session.context import Context
from broker_desktop.session.queries import history

_MOST: Final = 3


def before_referral(
    context: Context, person_id: str, made_on: str | None, referral: str | None
) -> list[EarlierContact]:
    """Give the last few things that we did with somebody in the time before a referral, the newest first.

    How long that is the team's pack says; ninety days where it does not.

    Args:
        context: of any seat.
        person_id: who came.
        made_on: the day of the referral; without a readable one, today.
        referral: the referral itself, if it is on record: it is no contact before itself.

    Raises:
        NotFound: no such person is open to this seat.
    """
    moment = parse_moment(made_on)
    on = date.fromisoformat(context.environment.today()) if moment is None else day_of(moment)
    rows = [row for row in history(context, person_id) if not row.voided and row.id != referral]
    days = None if context.pack is None else context.pack.settings.get("self_referral_days")
    look_back = LOOK_BACK if days is None else timedelta(days=days)
    return earlier_contacts(((row.type, row.day or None, row.payload) for row in rows), on, look_back)[:_MOST]
