"""A peer worker has a laptop on the same team: it works, and it never held a word about the people others met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select

from broker_desktop.session import Session
from sync.engine.exchange import Request, Response, Transport
from sync.engine.transport import RequestsTransport
from sync.protocol.envelope import STUB_SIZE, Envelope, Stub, parse_item
from sync.protocol.frames import read_pulled
from sync.replica.tables import EnvelopeState, table
from tests.common.canaries import canaries, spellings
from tests.common.programs import Laptop, Server, Team

ADMIN, GENERAL, CLINICAL, COMMON = 0, 1, 2, 3
SECRETS = canaries(4)
DAY = "2026-11-20"
ABOUT_PEOPLE = ("person", "contact", "nx_visit", "bbv_test", "referral")


@dataclass
class Listening:
    """A way to the server that keeps every page of the log it brought."""

    inner: Transport
    pages: list[bytes] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        """Carry a request on."""
        answer = self.inner.send(request)
        if "/log?" in request.target and request.method == "GET" and answer.status == 200:
            self.pages.append(answer.body)
        return answer

    def close(self) -> None:
        """Close the connection."""
        self.inner.close()


@dataclass
class Peer:
    """The peer's laptop after all have synced, and what the server served it."""

    laptop: Laptop
    heard: list[Listening]

    def served(self) -> list[bytes]:
        """Give every envelope and stub that came over the wire."""
        return [one.item for way in self.heard for page in way.pages for one in read_pulled(page)]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """A lead, a worker without clinical and a peer; the lead and the worker recorded people."""
    folder = tmp_path_factory.mktemp("peer")
    with Server(folder / "server") as server:
        team = Team.founded(folder, server)
        team.join("Will Oak", "worker")
        yield team


@pytest.fixture(scope="module")
def peer(team: Team) -> Peer:
    """Join the peer, let everybody record and sync twice."""
    laptop = team.join("Pia Elm", "peer")
    heard: list[Listening] = []

    def listening(url: str, ca: str | None) -> Transport:
        heard.append(Listening(RequestsTransport(url, ca)))
        return heard[-1]

    laptop.environment = replace(laptop.environment, transport=listening)
    lead, worker = team.laptops[:2]
    for turn in range(2):
        with lead.opened() as session:
            record_people(session, clinical=True, card=f"{SECRETS[3]}{turn}")
            session.sync_once()
        with worker.opened() as session:
            record_people(session, clinical=False)
            session.sync_once()
        with laptop.opened() as session:
            session.sync_once()
    return Peer(laptop, heard)


def record_people(session: Session, *, clinical: bool, card: str = "") -> None:
    """Record one of each thing that tells about a person, and one van run, which does not."""
    person = {"code": "WREN84M"}
    session.save("session", {"kind": "mobile_run", "started_at": f"{DAY}T18:00:00+00:00", "note": "wet"})
    session.save(
        "person",
        {"identity_level": "named", "given_name": SECRETS[0], "family_name": SECRETS[1],
         "parental_status": "not_a_parent", "accommodation_need": {"answer": "declined"}},
    )  # fmt: skip
    session.save(
        "contact",
        {"occurred_at": DAY, "kind": "phone", "outcome": ["seen"], "setting": "street", "person": person,
         "next_step": {"type": "none"}, "note": SECRETS[2]},
    )  # fmt: skip
    session.save("nx_visit", {"occurred_at": DAY, "site_type": "mobile", "items": {"CITRIC": 5}, "person": person})
    if clinical:
        test = {"offered_on": DAY, "state": "offered", "setting": "street", "person": person, "card_id": card}
        session.save("bbv_test", test)


def rows(session: Session, name: str, *columns: str) -> list[tuple[Any, ...]]:
    """Read a table of the decrypted vault."""
    one = table(name)
    with session._context.vault.reader.connect() as db:
        return [tuple(row) for row in db.execute(select(*(one.c[column] for column in columns)))]


def test_a_peer_holds_the_common_key_and_no_other(peer: Peer) -> None:
    with peer.laptop.opened() as session:
        assert session.seat.compartments == ("common",)
        assert {comp for comp, _ in rows(session, "epoch_key", "comp", "epoch")} == {COMMON}


def test_a_peers_vault_holds_the_van_runs_and_nobody(peer: Peer) -> None:
    with peer.laptop.opened() as session:
        held = rows(session, "record", "tbl", "comp")
        assert {comp for _, comp in held} == {COMMON}
        assert {name for name, _ in held}.isdisjoint(ABOUT_PEOPLE)
        assert [name for name, _ in held].count("session") == 4
        assert session.count("session") == 4
        everything = decrypted(session)
    assert [word for word in (*SECRETS, "WREN84M") for _, data in spellings(word) if data in everything] == []


def decrypted(session: Session) -> bytes:
    """Give every value of every table of the open vault, as one heap of bytes."""
    heap = []
    with session._context.vault.reader.connect() as db:
        names = [row[0] for row in db.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for name in names:
            for row in db.exec_driver_sql(f'SELECT * FROM "{name}"'):
                heap += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\0".join(heap)


def test_the_server_served_a_peer_only_stubs_of_the_rest(peer: Peer) -> None:
    served = [parse_item(raw) for raw in peer.served()]
    assert {one.header.comp for one in served if isinstance(one, Envelope)} == {COMMON}
    assert {one.header.comp for one in served if isinstance(one, Stub)} == {GENERAL, CLINICAL}
    with peer.laptop.opened() as session:
        kept = rows(session, "envelope", "comp", "state", "bytes")
    stubs = [raw for _, state, raw in kept if state == EnvelopeState.STUB]
    assert {comp for comp, state, _ in kept if state == EnvelopeState.STUB} >= {GENERAL, CLINICAL}
    assert {len(raw) for raw in stubs} == {STUB_SIZE}


def test_a_peers_lists_of_people_are_empty(peer: Peer) -> None:
    refused = peer.laptop.run("record", "list", "bbv_test")
    assert (refused.code, refused.error["code"]) == (5, "ROLE-5")
    with peer.laptop.opened() as session:
        assert {name: session.count(name) for name in ABOUT_PEOPLE if name != "bbv_test"} == {
            "person": 0,
            "contact": 0,
            "nx_visit": 0,
            "referral": 0,
        }
        assert session.search(SECRETS[0]) == session.search("WREN84M") == []
        assert session.candidates("WREN").count == 0


def test_a_worker_without_clinical_holds_no_clinical_key(team: Team, peer: Peer) -> None:
    worker = team.laptops[1]
    assert worker.run("record", "list", "bbv_test").code == 5
    with worker.opened() as session:
        session.sync_once()
        assert {comp for comp, _ in rows(session, "epoch_key", "comp", "epoch")} == {GENERAL, COMMON}
        held = rows(session, "record", "tbl", "comp")
        assert CLINICAL not in {comp for _, comp in held}
        assert "bbv_test" not in {name for name, _ in held}
        assert session.count("contact") == 4
        assert SECRETS[2].encode() in decrypted(session), "the look into the vault is not blind"
        assert SECRETS[3].encode() not in decrypted(session)
