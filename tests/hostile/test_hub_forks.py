"""A hub that signs what it likes: it hides, repeats, reorders and remakes envelopes in a log consistent in itself.

Only the members' own signatures, chains and gossip tell. The nurse alone is lied to; the others see the true log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from sync.hub.store import log
from sync.hub.store.log import EnvelopeRow
from sync.protocol.envelope import EnvelopeType, assemble, ciphertext_size, parse_item
from sync.replica import Reason
from sync.testing.fakes import LoopbackTransport
from sync.testing.hostile import flip, swap_bodies, swap_headers
from sync.testing.views import LogViews, remade
from tests.hostile.besieged import COMMON, GENERAL, Besieged

Exchange: TypeAlias = Callable[[bytes, bytes], tuple[bytes, bytes]]
WEEK_MS = 7 * 24 * 3600 * 1000


@pytest.fixture
def team() -> Besieged:
    return Besieged.now()


class Forger:
    """Arranges what the nurse sees: one of the ways below the first time, and later what was held back."""

    def __init__(self, team: Besieged) -> None:
        self.team = team
        self.held_back: list[EnvelopeRow] | None = None

    def hub(self, name: str) -> LogViews:
        """Return a hub with one of the ways below."""
        way = getattr(self, name)

        def arrange(seat: bytes, rows: Sequence[EnvelopeRow]) -> list[EnvelopeRow]:
            if seat != self.team.nurse.seat:
                return list(rows)
            if self.held_back is None:
                self.held_back = []
                arranged: list[EnvelopeRow] = way(list(rows))
                return arranged
            held, self.held_back = self.held_back, []
            return [*held, *rows]

        return LogViews(self.team.fleet, arrange)

    def hidden(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """The first envelope is kept from her."""
        self.held_back, shown = rows[:1], rows[1:]
        return shown

    def repeated(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """Every envelope stands twice."""
        return [row for row in rows for _ in range(2)]

    def reversed(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """The last comes first, within chains too."""
        return rows[::-1]

    def changed_copy_after(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """A place of a chain is taken twice, with other bytes."""
        return [*rows, _flipped(rows[0])]

    def changed_copy_before(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """The changed bytes come first."""
        return [_flipped(rows[0]), *rows]

    def flipped(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """One bit is changed; the envelope itself comes later."""
        self.held_back = rows[:1]
        return [_flipped(rows[0]), *rows[1:]]

    def swapped_bodies(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """Two ciphertexts are exchanged; the envelopes themselves come later."""
        self.held_back = rows[:2]
        return [*_both(rows, swap_bodies), *rows[2:]]

    def swapped_headers(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """Two headers are exchanged; the envelopes themselves come later."""
        self.held_back = rows[:2]
        return [*_both(rows, swap_headers), *rows[2:]]

    def other_team(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """The lead's true signature, under an envelope of another team of hers."""
        return [*rows, self._by_the_lead(rows[0], team=b"\7" * 16)]

    def other_epoch(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """An envelope is moved to another epoch; it comes itself later."""
        header = rows[0].header[:92] + (2).to_bytes(4, "big") + rows[0].header[96:]
        self.held_back = rows[:1]
        return [remade(rows[0], header, rows[0].body or b""), *rows[1:]]

    def forked_by_its_author(self, rows: list[EnvelopeRow]) -> list[EnvelopeRow]:
        """The author herself has signed two envelopes for one place: a laptop that was restored, or worse."""
        return [*rows, self._by_the_lead(rows[0])]

    def _by_the_lead(self, row: EnvelopeRow, **changes: Any) -> EnvelopeRow:
        header = replace(parse_item(row.wire).header, **changes)
        body = bytes(ciphertext_size(EnvelopeType.BUNDLE, 1024))
        made = assemble(replace(header, ct_len=len(body)), body, self.team.fleet.lead.identity.signing_key())
        return row._replace(header=made.raw[:100], body=body, env_hash=made.env_hash, sig=made.raw[-64:])


def _flipped(row: EnvelopeRow) -> EnvelopeRow:
    return _with_wire(row, flip(row.wire))


def _both(rows: list[EnvelopeRow], exchange: Exchange) -> list[EnvelopeRow]:
    return [_with_wire(row, wire) for row, wire in zip(rows[:2], exchange(rows[0].wire, rows[1].wire), strict=True)]


def _with_wire(row: EnvelopeRow, wire: bytes) -> EnvelopeRow:
    return remade(row, wire[:100], wire[100:-64])._replace(sig=wire[-64:])


def test_a_hidden_envelope_breaks_its_chain_and_is_missed(team: Besieged) -> None:
    hub = Forger(team).hub("hidden")
    team.sync("nurse", hub)
    lead = team.fleet.lead.seat
    held_up = [one for one in team.nurse.replica.quarantined() if one.seat == lead]
    assert {(one.seq, one.reason) for one in held_up} == {(seq, Reason.CHAIN) for seq in (2, 3, 4)}
    team.works_on()
    team.recovers(hub)
    assert not team.nurse.replica.quarantined()


def test_an_envelope_that_a_colleague_has_seen_and_the_hub_hides_is_named_after_a_week(team: Besieged) -> None:
    last = [row for row in _log(team) if row.seat_id == team.fleet.laptops["newcomer"].seat][-1]

    def arrange(seat: bytes, rows: Sequence[EnvelopeRow]) -> list[EnvelopeRow]:
        return [row for row in rows if seat != team.nurse.seat or row.n != last.n]

    hub = LogViews(team.fleet, arrange)
    team.sync("lead", hub)
    team.save("lead", GENERAL)
    team.sync("lead", hub)
    team.sync("nurse", hub)
    assert not team.nurse.replica.missing()
    team.nurse.clock.advance(WEEK_MS)
    report = team.nurse.sync(LoopbackTransport(hub))
    assert "missing" in report.attention
    assert [(one.seat, one.seq, one.named_by) for one in team.nurse.replica.missing()] == [
        (last.seat_id, last.seq, team.fleet.lead.seat)
    ]


@pytest.mark.parametrize("way", ["repeated", "reversed", "changed_copy_before"])
def test_what_cannot_do_harm_does_none(team: Besieged, way: str) -> None:
    hub = Forger(team).hub(way)
    team.sync("nurse", hub)
    assert not team.nurse.replica.quarantined()
    team.works_on()
    team.recovers(hub)


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("flipped", Reason.SIGNATURE),
        ("swapped_bodies", Reason.SIGNATURE),
        ("swapped_headers", Reason.SIGNATURE),
        ("other_epoch", Reason.SIGNATURE),
    ],
)
def test_what_was_remade_is_set_aside_until_the_true_one_comes(team: Besieged, way: str, reason: Reason) -> None:
    hub = Forger(team).hub(way)
    team.sync("nurse", hub)
    assert reason in {one.reason for one in team.nurse.replica.quarantined()}
    team.works_on()
    team.recovers(hub)
    assert not team.nurse.replica.quarantined()


@pytest.mark.parametrize(
    ("way", "reason", "alarm"),
    [
        ("changed_copy_after", Reason.SIGNATURE, ""),
        ("other_team", Reason.UNKNOWN_SEAT, ""),
        ("forked_by_its_author", Reason.CTL_ORDER, "chain_fork"),
    ],
)
def test_what_belongs_nowhere_is_set_aside_for_good(team: Besieged, way: str, reason: Reason, alarm: str) -> None:
    hub = Forger(team).hub(way)
    report = team.nurse.sync(LoopbackTransport(hub))
    assert [one.reason for one in team.nurse.replica.quarantined()] == [reason]
    assert alarm in (*report.attention, "")
    team.works_on()
    team.recovers(hub)


def test_a_fork_shows_in_the_gossip_of_the_others(team: Besieged) -> None:
    hub = Forger(team).hub("reversed")
    team.sync("nurse", hub)
    team.sync("lead")
    team.save("lead", COMMON)
    team.sync("lead", hub)
    report = team.nurse.sync(LoopbackTransport(hub))
    assert "log_fork" in report.attention
    team.works_on()


def _log(team: Besieged) -> list[EnvelopeRow]:
    with team.fleet.hub.store.reading() as db:
        return log.page(db, team.fleet.control.team, after=0, last=2**31, comps=range(256))
