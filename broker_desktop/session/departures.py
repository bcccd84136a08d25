"""Rights that change and laptops that leave: what a lead asks for, in the words and days of this program.

Each talks to the server: it syncs first, because what a laptop sent before counts and what it sends afterwards may not,
and once more afterwards, so that this laptop knows what came of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date

from broker_desktop.errors import AppError, BadInput, NotFound, NotPermitted
from broker_desktop.session.background import synced_once
from broker_desktop.session.context import Context
from broker_desktop.session.invitations import compartments_of, role_named
from broker_desktop.session.leading import as_lead
from broker_desktop.session.times import EPOCH_DAY, iso_day
from sync.engine.lead import RETIRED_DAYS, Lead
from sync.errors import ControlRefused
from sync.protocol.enrolment import Role as SeatRole
from sync.protocol.version import day_of

"""How long a retired laptop may hand in where nobody says otherwise (protocol.md 2.8)."""

_ONE_LEAD = NotPermitted(
    "The team would be left without a lead.",
    code="TEAM-LEAD",
    title="A team keeps one lead.",
    remedy="Nothing was changed. Make somebody else a lead first.",
)
_OWN = NotPermitted(
    "A lead cannot do this to the laptop they are working on.",
    code="TEAM-OWN",
    title="Another lead has to do this.",
    remedy="Nothing was changed. Ask another lead to do it on their laptop.",
)


def change_role(context: Context, seat: str, role: str, *, clinical: bool) -> None:
    """Give somebody another role. Raises NotPermitted, NotFound, UsageError, NoServer."""
    wanted = role_named(role)
    comps = compartments_of(context, wanted, clinical=clinical)
    with _changing(context, seat) as (lead, seat_id):
        lead.change_role(seat_id, SeatRole(wanted), sorted(comps))


def revoke(context: Context, seat: str) -> None:
    """End a laptop now: nothing that it sends from now on counts. Raises NotPermitted, NotFound, NoServer."""
    with _changing(context, seat) as (lead, seat_id):
        lead.revoke(seat_id)


def retire(context: Context, seat: str, until: str | None) -> str:
    """Let a laptop hand in what is still on it and nothing else; returns the last day (YYYY-MM-DD).

    Raises:
        BadInput: `until` is no day, or has passed. NotPermitted, NotFound, NoServer.
    """
    today = day_of(context.environment.clock.now_ms())
    until_day = today + RETIRED_DAYS if until is None else _day(until)
    if until_day < today:
        raise BadInput("The last day to hand in has passed already.", code="TEAM-DAY")
    with _changing(context, seat) as (lead, seat_id):
        lead.retire(seat_id, until_day)
    return iso_day(until_day)


def rotate(context: Context) -> None:
    """Give the whole team new keys. Raises NotPermitted, NoServer."""
    with _changing(context, None) as (lead, _):
        lead.rotate()


def accept_late(context: Context, seat: str) -> None:
    """Let count what a laptop sent after its end. Raises NotPermitted, NotFound, NoServer."""
    with _changing(context, seat) as (lead, seat_id):
        lead.accept_late(seat_id)


def discard_late(context: Context, seat: str) -> int:
    """Put aside on this laptop what another sent after its end; returns how many parcels. Raises NotPermitted."""
    context.only_leads("Putting aside what came late")
    return context.vault.replica.hub_side.team.discard_late(seat_of(context, seat))


def seat_of(context: Context, seat: str) -> bytes:
    """Give the id of a laptop that is or was in the team. Raises NotFound."""
    control = context.vault.replica.control
    wanted = seat.replace("-", "").lower()
    found = next((one for one in (control.seats if control else ()) if one.hex() == wanted), None)
    if found is None:
        raise NotFound("There is no laptop of that id in the team.", code="TEAM-SEAT")
    return found


def _day(text: str) -> int:
    try:
        return (date.fromisoformat(text) - EPOCH_DAY).days
    except ValueError:
        raise BadInput("The last day has to be written as YYYY-MM-DD.", code="TEAM-DAY") from None


@contextmanager
def _changing(context: Context, seat: str | None) -> Iterator[tuple[Lead, bytes]]:
    """Sync, give a lead's desk and the seat that is meant, and sync again."""
    context.only_leads("Changing who is in the team")
    synced_once(context)
    seat_id = b"" if seat is None else seat_of(context, seat)
    with as_lead(context) as lead:
        try:
            yield lead, seat_id
        except ControlRefused as refused:
            raise _told(refused) from refused
    with suppress(AppError):  # what was done stands; the next sync shows it
        synced_once(context)


def _told(refused: ControlRefused) -> AppError:
    if refused.code == "last_lead":
        return _ONE_LEAD
    if refused.code == "own_seat":
        return _OWN
    return NotPermitted(f"The team's log does not allow it ({refused.code}).", code="TEAM-LOG")
