"""What must be true of a laptop at any time, and of a fleet when everybody has synced."""

from sqlalchemy import func, select

from sync import merge
from sync.crypto.sealing import open_envelope
from sync.hub.tables import table as hub_table
from sync.protocol.envelope import STUB_SIZE, Envelope, parse_item
from sync.replica import Reason
from sync.replica.tables import EnvelopeState, table
from sync.testing.fakes import InProcessHub, LoopbackTransport
from sync.testing.fleet import Fleet, Laptop
from tests.common.ledger import Ledger
from tests.convergence.oracle import Oracle

_ENVELOPE = table("envelope")
_RECORD = table("record")
_OPEN = (EnvelopeState.OUT, EnvelopeState.HELD, EnvelopeState.WAITING, EnvelopeState.WITHDRAWN)
_ROUNDS = 4


def sync_until_quiet(fleet: Fleet, hub: InProcessHub) -> None:
    """Let everybody sync in turn until nobody sends anything more and everybody has read the whole log."""
    for _ in range(_ROUNDS):
        reports = [laptop.sync(LoopbackTransport(hub)) for laptop in fleet.laptops.values()]
        ends = {laptop.replica.hub_side.cursor.n for laptop in fleet.laptops.values() if laptop.replica.hub_side.cursor}
        if not any(report.unsent for report in reports) and len(ends) == 1:
            return
    raise AssertionError("the fleet does not become quiet")


def check_laptop(laptop: Laptop, oracle: Oracle) -> None:
    """Compare what a laptop shows and asks with the oracle, given what it has heard."""
    assert laptop.shown() == oracle.shown(laptop.seat)
    listed = {
        (one.table, one.row): {
            name: {sibling.stamp: sibling.value for sibling in siblings} for name, siblings in one.fields.items()
        }
        for one in laptop.replica.conflicts()
    }
    assert listed == oracle.conflicts(laptop.seat)


def check_fleet(fleet: Fleet, oracle: Oracle, *, forked: bool) -> None:
    """Compare the laptops with each other, with the oracle, with their own archives, and the hub with all of them."""
    hashes: dict[int, set[bytes]] = {}
    for laptop in fleet.laptops.values():
        held = oracle.people[laptop.seat].comps
        assert oracle.knows_everything(laptop.seat), "something was lost"
        assert laptop.replica.applied_count() == oracle.counts_for(laptop.seat), (
            "something arrived twice, or not at all"
        )
        assert laptop.replica.unsent() == 0
        _check_standing(laptop, oracle)
        _check_set_aside(laptop, oracle)
        _check_alarms(laptop, forked=forked)
        _check_compartments(laptop, oracle)
        for comp in held:
            hashes.setdefault(comp, set()).add(laptop.replica.state_hash(comp))
    assert all(len(different) == 1 for different in hashes.values()), "laptops hold different states"
    _check_replay(fleet.lead)
    _check_hub(fleet)


def _check_standing(laptop: Laptop, oracle: Oracle) -> None:
    """Every value that stands, shown or not, with its stamp."""
    rows = sorted(oracle.people[laptop.seat].knows)
    with laptop.replica.transaction() as tx:
        for name in {name for name, _ in rows}:
            states = tx.states(name, [row for table_name, row in rows if table_name == name])
            for row, state in states.items():
                fields = {field: dict(siblings) for field, siblings in state.fields.items()}
                assert (None if state.erased else fields) == oracle.standing(laptop.seat, (name, row))
                assert not state.covered, "something is awaited that has come"
    with laptop.reading() as connection:
        assert connection.execute(select(func.count()).select_from(_RECORD)).scalar_one() == len(rows)


def _check_set_aside(laptop: Laptop, oracle: Oracle) -> None:
    """Nothing is in quarantine but writes to erased rows, and no envelope waits."""
    aside = laptop.replica.quarantined()
    assert {one.reason for one in aside} <= ({Reason.ERASED} if oracle.erased_rows() else set())
    with laptop.reading() as connection:
        assert not connection.execute(select(_ENVELOPE.c.id).where(_ENVELOPE.c.state.in_(_OPEN))).all()


def _check_alarms(laptop: Laptop, *, forked: bool) -> None:
    assert set(laptop.replica.hub_side.alarms()) <= ({"log_fork"} if forked else set())
    assert not laptop.replica.missing()


def _check_compartments(laptop: Laptop, oracle: Oracle) -> None:
    """What a seat does not hold is not on its laptop: no record but its own drops, no key, no ciphertext of others."""
    held = oracle.people[laptop.seat].comps
    with laptop.reading() as connection:
        dropped = select(_RECORD.c.tbl, _RECORD.c.row).where(_RECORD.c.comp.not_in(held))
        assert {(name, row) for name, row in connection.execute(dropped)} == oracle.own_rows(laptop.seat)
        foreign = _ENVELOPE.c.comp.not_in(held) & (_ENVELOPE.c.seat != laptop.seat)
        assert set(connection.execute(select(func.length(_ENVELOPE.c.bytes)).where(foreign)).scalars()) <= {STUB_SIZE}
        assert set(connection.execute(select(table("epoch_key").c.comp)).scalars()) <= held


def _check_replay(laptop: Laptop) -> None:
    """The archive, opened once more from the beginning, gives the live state."""
    keyring = laptop.replica.hub_side.keyring
    ledgers: dict[int, Ledger] = {}
    with laptop.reading() as connection:
        raws = connection.execute(select(_ENVELOPE.c.bytes).order_by(_ENVELOPE.c.n)).scalars().all()
    for item in map(parse_item, raws):
        header = item.header
        assert isinstance(item, Envelope)
        for one in open_envelope(item, keyring.secret(header.comp, header.epoch)).ops:
            ledgers.setdefault(header.comp, Ledger()).apply(one, header.chain)
    for comp, ledger in ledgers.items():
        records = (merge.record_cbor(*name, ledger.rows[name]) for name in sorted(ledger.rows))
        assert merge.state_hash(records) == laptop.replica.state_hash(comp), "the archive tells another story"


def _check_hub(fleet: Fleet) -> None:
    """The hub has every envelope once, and its log has no gap."""
    e = hub_table("envelope").c
    with fleet.hub.store.reading() as db:
        places = db.execute(select(e.n).order_by(e.n)).scalars().all()
    assert list(places) == list(range(1, len(places) + 1))
    with fleet.lead.reading() as connection:
        assert connection.execute(select(func.count()).select_from(_ENVELOPE)).scalar_one() == len(places)
