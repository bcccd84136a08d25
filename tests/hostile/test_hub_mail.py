"""A dishonest server between two teams: what it swaps, replays, drops, repeats or carries to the wrong door.

Nothing it does makes one team believe the other said something it did not; what it withholds is overdue by day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from broker_desktop.session import Session
from sync import codec
from sync.crypto.mail import Content, MailKind, card_keys, seal_message, sign_card
from sync.crypto.signing import SigningKey
from sync.engine.exchange import Request, Response
from sync.engine.lead import Lead
from sync.protocol.mail import CardAnswer, MailItem, read_mail, write_mail
from sync.testing import SeededRandom
from tests.common.vaults import Desk, Service

REFERRAL = {
    "made_on": "2026-12-01",
    "direction": "out",
    "destination": "community_prescribing",
    "person": {"code": "JOHN80M"},
    "consent": {"feedback": "yes", "recorded_on": "2026-12-01"},
}


@dataclass
class Side:
    """One team's lead, and the server as it shows itself to that laptop."""

    session: Session
    desk: Desk
    lie: Callable[[Request, Response], Response] | None = None
    seen: list[tuple[Request, Response]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._send = self.desk.transport.send
        self.desk.transport.send = self._carry  # type: ignore[method-assign]

    def _carry(self, request: Request) -> Response:
        response = self._send(request)
        self.seen.append((request, response))
        return self.lie(request, response) if self.lie else response

    def sync(self) -> tuple[str, ...]:
        return self.session.sync_once().attention

    def rotate(self) -> None:
        """Renew every key, as when somebody has left."""
        vault, environment = self.session._context.vault, self.desk.environment
        Lead(
            self.desk.transport, vault.identity, vault.replica.hub_side, clock=environment.clock,
            random=environment.random,
        ).rotate()  # fmt: skip


@dataclass
class Teams:
    """Harbour writes, the Hub reads; both are paired."""

    harbour: Side
    hub: Side
    service: Service

    def send(self, code: str = "JOHN80M") -> str:
        session = self.harbour.session
        referral = session.save("referral", {**REFERRAL, "person": {"code": code}}).id
        session.partners.send(referral, "The Hub")
        self.harbour.sync()
        return referral

    def arrived(self) -> int:
        return len(self.hub.session.records("referral"))

    def state_of_harbour(self) -> str:
        return self.hub.session.partners.partners()[0].state


@pytest.fixture
def teams(tmp_path: Path) -> Iterator[Teams]:
    first = Service(tmp_path / "harbour")
    second = Service(tmp_path / "hub", random=SeededRandom("hub team"), team="The Hub", beside=first)
    with ExitStack() as stack:
        sides = []
        for service, person in ((first, "Lena"), (second, "Nora")):
            desk = service.found(person)
            sides.append(Side(stack.enter_context(desk.opened()), desk))
        one, other = sides
        one.session.partners.add(other.session.partners.own_text())
        other.session.partners.add(one.session.partners.own_text())
        for side in (one, other, one, other):
            assert side.sync() == ()
        yield Teams(one, other, first)


def of_cards(change: Callable[[CardAnswer], CardAnswer]) -> Callable[[Request, Response], Response]:
    """A server that shows other cards."""

    def lie(request: Request, response: Response) -> Response:
        if "/v1/cards/" not in request.target or response.status != 200:
            return response
        return replace(response, body=change(CardAnswer.parse(response.body)).encode())

    return lie


def of_mail(change: Callable[[list[MailItem]], list[MailItem]]) -> Callable[[Request, Response], Response]:
    """A server that shows another mailbox."""

    def lie(request: Request, response: Response) -> Response:
        if request.method != "GET" or "/mailbox?after=0" not in request.target:
            return response
        return replace(response, body=write_mail(change(read_mail(response.body))))

    return lie


def test_a_card_of_the_servers_own_is_refused_and_nothing_is_sealed_to_it(teams: Teams) -> None:
    mine = SigningKey.from_seed(b"\x66" * 32)
    ring = teams.hub.session._context.vault.replica.hub_side.keyring
    lines = card_keys(ring, {1: 1, 2: 1})  # whichever keys: the server has signed for them itself
    team = teams.hub.session._context.vault.identity.team_id
    fields = {1: 9, 2: [[one.comp, one.epoch, one.seal_pk, one.msg_pk] for one in lines], 3: 20_000}

    def swapped(answer: CardAnswer) -> CardAnswer:
        sig = sign_card(mine, team, 9, lines, 20_000)
        return replace(answer, card_pk=mine.public, card=codec.encode({**fields, 4: sig}))

    teams.harbour.lie = of_cards(swapped)
    session = teams.harbour.session
    referral = session.save("referral", REFERRAL).id
    session.partners.send(referral, "The Hub")
    assert teams.harbour.sync() == ("card_refused",)
    assert session.partners.of_referral(referral)[0].state == "queued"
    assert session.partners.partners()[0].state == "card_key"
    assert not any(request.method == "PUT" and "/v1/mailbox/" in request.target for request, _ in teams.harbour.seen)
    teams.harbour.lie = None
    assert teams.harbour.sync() == ()
    assert session.partners.of_referral(referral)[0].state == "sent"


def test_an_old_card_is_refused_so_that_a_former_member_cannot_read_on(teams: Teams) -> None:
    old = next(r for q, r in reversed(teams.harbour.seen) if "/v1/cards/" in q.target and r.status == 200)
    teams.hub.rotate()
    teams.hub.sync()
    teams.send("MARY75F")  # has seen the new card
    teams.harbour.lie = lambda q, r: old if "/v1/cards/" in q.target else r
    session = teams.harbour.session
    referral = session.save("referral", REFERRAL).id
    session.partners.send(referral, "The Hub")
    assert teams.harbour.sync() == ("card_refused",)
    assert session.partners.partners()[0].state == "card_old"
    assert session.partners.of_referral(referral)[0].state == "queued"


def test_who_has_left_cannot_write_in_the_teams_name_even_with_the_servers_help(teams: Teams) -> None:
    vault = teams.harbour.session._context.vault
    teams.harbour.rotate()
    teams.harbour.sync()
    teams.send()
    teams.hub.sync()
    assert teams.arrived() == 1
    # Whoever held the first key still has it; the server carries whatever they sign with it.
    theirs = teams.hub.session._context.vault.replica.control
    assert theirs is not None
    assert theirs.card is not None
    content = Content(
        ref_id=b"\x05" * 16, kind=MailKind.NEW, sender=vault.identity.team_id, recipient=theirs.team, in_reply_to=None,
        body={"made_on": "2026-12-01", "sent_on": "2026-12-01", "person": {"code": "FALSE1"}},
    )  # fmt: skip
    old_key = vault.replica.hub_side.keyring.secret(1, 1)
    forged = seal_message(content, b"\x99" * 16, theirs.card, old_key)
    item = MailItem(200, b"\x99" * 16, vault.identity.team_id, 20_789, forged)
    teams.send("MARY75F")
    teams.hub.lie = of_mail(lambda items: [*items, item])
    teams.hub.sync()
    assert teams.arrived() == 2
    codes = {row.payload["code"] for row in teams.hub.session.records("person")}
    assert codes == {"JOHN80M", "MARY75F"}


def mailbox(teams: Teams) -> list[MailItem]:
    """What the server holds for the Hub."""
    team = teams.hub.session._context.vault.identity.team_id
    with teams.service.hub.store.reading() as db:
        rows = db.exec_driver_sql("SELECT k, msg_id, from_team, day, bytes FROM mailbox WHERE team_id = ?", (team,))
        return [MailItem(*row) for row in rows if row.bytes]


def test_a_message_that_comes_twice_or_again_is_one_record(teams: Teams) -> None:
    teams.send()
    kept = mailbox(teams)
    teams.hub.lie = of_mail(lambda items: [*items, *(item._replace(k=item.k + 1) for item in items)])
    teams.hub.sync()
    assert teams.arrived() == 1
    teams.send("MARY75F")
    teams.hub.lie = of_mail(lambda items: [*kept, *items])
    teams.hub.sync()
    assert teams.arrived() == 2


def test_a_dropped_message_is_overdue_at_the_sender(teams: Teams) -> None:
    teams.hub.lie = of_mail(lambda items: [])
    referral = teams.send()
    teams.hub.sync()
    assert teams.arrived() == 0
    teams.service.clock.advance(15 * 24 * 3600 * 1000)
    assert [one.referral for one in teams.harbour.session.partners.overdue()] == [referral]


@pytest.mark.parametrize("what", ["sender", "bytes", "id", "short"])
def test_a_changed_message_is_refused_and_named(teams: Teams, what: str) -> None:
    def changed(item: MailItem) -> MailItem:
        flipped = bytes([*item.message[:1500], item.message[1500] ^ 1, *item.message[1501:]])
        return {
            "sender": item._replace(from_team=b"\x0c" * 16),
            "bytes": item._replace(message=flipped),
            "id": item._replace(msg_id=b"\x0d" * 16),
            "short": item._replace(message=item.message[:-1]),
        }[what]

    teams.send()
    teams.hub.lie = of_mail(lambda items: [changed(item) for item in items])
    assert teams.hub.sync() == ("mail_refused",)
    assert teams.arrived() == 0
    teams.hub.lie = None
    teams.send("MARY75F")
    assert teams.hub.sync() == ()
    assert teams.arrived() == 2
    assert teams.hub.session.partners.partners()[0].refused == 0


def test_a_message_for_another_team_opens_to_nobody(teams: Teams, tmp_path: Path) -> None:
    # The server carries what was meant for the Hub to Harbour's own mailbox, as if the Hub had sent it.
    teams.hub.lie = of_mail(lambda items: [])
    teams.send()
    stolen = [item._replace(from_team=teams.hub.session._context.vault.identity.team_id) for item in mailbox(teams)]
    teams.hub.session.partners.send(teams.hub.session.save("referral", REFERRAL).id, "Harbour")
    teams.hub.sync()
    teams.harbour.lie = of_mail(lambda items: [*items, *(item._replace(k=item.k + 50) for item in stolen)])
    before = len(teams.harbour.session.records("referral"))
    assert teams.harbour.sync() == ("mail_refused",)
    assert len(teams.harbour.session.records("referral")) == before + 1


def test_a_mailbox_that_does_not_answer_stops_nothing_else(teams: Teams) -> None:
    teams.hub.lie = lambda q, r: replace(r, status=503, body=b"{}") if "mailbox" in q.target else r
    teams.send()
    visit = teams.hub.session.save("referral", {**REFERRAL, "person": {"code": "ANNA80F"}}).id
    assert teams.hub.sync() == ("mail_failed",)
    assert teams.hub.session.record("referral", visit).custody == "hub"
    teams.hub.lie = None
    teams.hub.sync()
    assert teams.arrived() == 2


def test_the_server_reads_no_word_of_it(teams: Teams) -> None:
    teams.send("CANARY99Z")
    teams.hub.sync()
    said = b"".join(q.body + r.body for side in (teams.harbour, teams.hub) for q, r in side.seen)
    for word in (b"CANARY99Z", b"canary99z", b"community_prescribing", b"accepted"):
        assert word not in said
