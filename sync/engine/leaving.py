"""Rights that change or end: role, retire, revoke, rotation, and what a lead's sync does by itself (protocol.md 2.8).

Every step may be repeated after a crash or a lost answer: an entry that stands is not written again, and grants go to
whoever lacks one. Pins are the last envelopes that this lead has verified; sync before you ask for them. No I/O.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sync.control import ControlState, Entry, Pin, Seat, SeatState, build_epoch, build_retire, build_revoke, build_role
from sync.engine.control_log import known_control
from sync.engine.exchange import Step
from sync.engine.granting import LeadDesk, grant
from sync.errors import ControlRefused
from sync.protocol.enrolment import Role


def change_role(desk: LeadDesk, seat_id: bytes, role: Role, comps: Collection[int]) -> Step[None]:
    """Give a seat another role and other compartments; what it loses is renewed."""

    def entry_after(control: ControlState) -> Entry | None:
        seat = _other_seat(desk, control, seat_id)
        if (seat.role, set(seat.comps)) == (role, set(comps)):
            return None
        renewed = (set(seat.comps) - set(comps)) | (set(comps) - control.epochs.keys())
        pins, epochs = desk.replica.team.pins(seat_id), desk.fresh(control, renewed)
        return build_role(control, desk.seat, desk.key, seat_id, role, sorted(comps), pins, epochs)

    yield from desk.append(entry_after)


def retire(desk: LeadDesk, seat_id: bytes, until_day: int, last: Iterable[Pin] = ()) -> Step[None]:
    """Let a seat hand in until a day (u32, UTC) and nothing else; `last` names further envelopes of its own word."""

    def entry_after(control: ControlState) -> Entry | None:
        seat = _other_seat(desk, control, seat_id)
        if seat.state is not SeatState.ACTIVE:
            return None
        pins, epochs = merged(desk.replica.team.pins(seat_id), last), desk.fresh(control, seat.comps)
        return build_retire(control, desk.seat, desk.key, seat_id, pins, epochs, until_day)

    yield from desk.append(entry_after)


def revoke(desk: LeadDesk, seat_id: bytes) -> Step[None]:
    """End a seat now."""

    def entry_after(control: ControlState) -> Entry | None:
        seat = _other_seat(desk, control, seat_id)
        if seat.state is SeatState.REVOKED:
            return None
        epochs = desk.fresh(control, control.readable_by(seat))
        return build_revoke(control, desk.seat, desk.key, seat_id, desk.replica.team.pins(seat_id), epochs)

    yield from desk.append(entry_after)


def accept_late(desk: LeadDesk, seat_id: bytes) -> Step[None]:
    """Let what an ended seat sent beyond its pins, or after its day, count after all: corrected pins."""

    def entry_after(control: ControlState) -> Entry | None:
        seat = _other_seat(desk, control, seat_id)
        pins = merged(seat.pins, desk.replica.team.late_pins(seat_id))
        if seat.active or tuple(pins) == seat.pins:
            return None
        epochs = desk.fresh(control, control.readable_by(seat))
        return build_revoke(control, desk.seat, desk.key, seat_id, pins, epochs)

    yield from desk.append(entry_after)


def rotate(desk: LeadDesk, comps: Collection[int] | None = None) -> Step[None]:
    """Start a new epoch of these compartments, or of all."""

    def entry_after(control: ControlState) -> Entry:
        chosen = sorted(control.epochs if comps is None else comps)
        return build_epoch(control, desk.seat, desk.key, desk.fresh(control, chosen))

    yield from desk.append(entry_after)


def _renew(desk: LeadDesk, due: Mapping[int, int]) -> Step[None]:
    """Start a new epoch of each compartment whose newest is still the one given: another lead may have been faster."""

    def entry_after(control: ControlState) -> Entry | None:
        chosen = [comp for comp, epoch in due.items() if control.newest_epoch(comp) == epoch]
        return build_epoch(control, desk.seat, desk.key, desk.fresh(control, chosen)) if chosen else None

    yield from desk.append(entry_after)


def lead_duties(desk: LeadDesk, today: int) -> Step[None]:
    """See to what is due: close retired seats, renew old keys, hand out what a crash kept back.

    Args:
        desk: of any seat; only an active lead has duties.
        today: u32, UTC; the earlier of the hub's day and ours, so that one wrong clock ends nothing too soon.
    """
    control = known_control(desk.replica)
    own = control.seat(desk.seat)
    if own is None or not own.active or own.role is not Role.LEAD or control.update_needed:
        return
    for seat in list(control.seats.values()):
        if seat.until_day is not None and seat.until_day < today:
            yield from revoke(desk, seat.seat_id)
    due = _due(desk, known_control(desk.replica), today)
    if due:
        yield from _renew(desk, due)
    if not desk.replica.team.granted():
        yield from grant(desk)


def _due(desk: LeadDesk, control: ControlState, today: int) -> dict[int, int]:
    """Return compartments to renew with their newest epoch: old ones, and those of a seat that retired itself."""
    ring = desk.replica.keyring
    old = set(desk.replica.team.old_epochs(today))
    for seat in control.seats.values():
        if seat.state is SeatState.RETIRED:
            old |= control.readable_by(seat)
    newest = {comp: control.newest_epoch(comp) for comp in sorted(old)}
    return {comp: epoch for comp, epoch in newest.items() if (comp, epoch) in ring}


def merged(pins: Iterable[Pin], others: Iterable[Pin]) -> list[Pin]:
    """Return for each incarnation the pin that lies furthest on."""
    furthest: dict[int, Pin] = {}
    for pin in (*pins, *others):
        if pin.inc not in furthest or pin.seq > furthest[pin.inc].seq:
            furthest[pin.inc] = pin
    return [furthest[inc] for inc in sorted(furthest)]


def _other_seat(desk: LeadDesk, control: ControlState, seat_id: bytes) -> Seat:
    """Return the seat that something is done to.

    Raises:
        ControlRefused: `no_seat`; `own_seat`: who gives the lead's role away could not hand out the keys that this
            starts, and nobody else would have them.
    """
    seat = control.seat(seat_id)
    if seat is None:
        raise ControlRefused("no_seat", "no seat of this team")
    if seat_id == desk.seat:
        raise ControlRefused("own_seat", "another lead has to do this")
    return seat
