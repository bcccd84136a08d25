"""What can be said of a laptop that is lost: what it held, when it was last heard from, what the law asks for.

Tells what this lead's laptop knows and nothing more; what only the lost laptop knew is called unknown.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from broker_desktop.records import CATALOGUE
from broker_desktop.session.context import Context
from broker_desktop.session.departures import seat_of
from broker_desktop.session.queries import worker_names
from broker_desktop.session.seats import compartment_names, role_name
from broker_desktop.session.times import iso_day
from broker_desktop.session.views import LostLaptop
from sync.ids import uuid_text

HOURS_TO_REPORT: Final = 72
"""UK GDPR article 33: to the regulator within 72 hours of becoming aware (domain.md section 7, Breach)."""

_REPORTED: Final = "lost_laptop:"


def lost_laptop(context: Context, seat: str) -> LostLaptop:
    """Tell what is known of a laptop. Raises NotFound, NotPermitted for anybody but a lead."""
    context.only_leads("What a lost laptop knows")
    seat_id = seat_of(context, seat)
    vault = context.vault
    control = vault.replica.control
    assert control is not None
    one = control.seats[seat_id]
    comps = one.read_last
    heard = vault.replica.last_heard().get(seat_id)
    with vault.reader.connect() as connection:
        person = worker_names(connection).get(seat_id, "")
    reported = vault.meta(_REPORTED + seat_id.hex())
    since = None if reported is None else datetime.fromisoformat(reported)
    return LostLaptop(
        seat=uuid_text(seat_id),
        person=person,
        role=role_name(one.role),
        state=one.state.name.lower(),
        until="" if one.until_day is None else iso_day(one.until_day),
        last_heard="" if heard is None else datetime.fromtimestamp(heard / 1000, tz=UTC).date().isoformat(),
        compartments=compartment_names(comps),
        records=vault.replica.hub_side.team.readable(comps, seat_id, [kind.name for kind in CATALOGUE]),
        reported="" if since is None else since.isoformat(),
        deadline="" if since is None else (since + timedelta(hours=HOURS_TO_REPORT)).isoformat(),
        late=vault.replica.hub_side.team.late().get(seat_id, 0),
        handed_in=vault.replica.hub_side.team.handed_in(seat_id),
    )


def report_lost(context: Context, seat: str) -> LostLaptop:
    """Note that a laptop is known to be lost from now on; a second time keeps the first moment. Raises as above."""
    known = lost_laptop(context, seat)
    if known.reported:
        return known
    moment = context.environment.now().astimezone(UTC).isoformat(timespec="seconds")
    context.vault.set_meta(_REPORTED + seat_of(context, seat).hex(), moment)
    return lost_laptop(context, seat)
