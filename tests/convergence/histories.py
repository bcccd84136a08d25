"""Random histories of a few laptops, and what must be true of them whatever the order of delivery.

The model is one sentence: a value stands unless some write named its stamp, or its row or field was erased.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st

from sync import merge, operation
from sync.clock import Stamp, chain_id
from sync.operation import Kind, Operation
from tests.common.ledger import Apply, Ledger

LAPTOPS = 3
TABLE = "contact"
ROWS = (b"\x01" * 16, b"\x02" * 16)
FIELDS = ("note", "site")


@dataclass(frozen=True)
class Say:
    """A laptop states something; `keep` leaves one standing value unreplaced, `leap` is how far its clock jumps."""

    laptop: int
    kind: Kind
    row: int
    field: int
    value: int
    leap: int
    keep: bool


@dataclass(frozen=True)
class Hear:
    """A laptop receives the next operation of another one."""

    laptop: int
    source: int


Step: TypeAlias = Say | Hear

_laptop = st.integers(0, LAPTOPS - 1)
_kinds = st.sampled_from([Kind.CREATE, Kind.CREATE, *[Kind.PUT] * 6, Kind.DELETE, Kind.RESTORE, Kind.ALIAS, Kind.ERASE])
_says = st.builds(
    Say,
    laptop=_laptop,
    kind=_kinds,
    row=st.integers(0, 1),
    field=st.integers(0, 1),
    value=st.integers(0, 2),
    leap=st.sampled_from([1, 1, 2, 50, 10**9]),
    keep=st.integers(0, 5).map(lambda drawn: drawn == 0),
)
_hears = st.builds(Hear, laptop=_laptop, source=_laptop)
HISTORIES = st.lists(st.one_of(_says, _hears, _hears), min_size=1, max_size=40)


@dataclass
class World:
    """Laptops with their ledgers and what each has said so far."""

    ledgers: list[Ledger]
    said: list[list[Operation]] = field(default_factory=lambda: [[] for _ in range(LAPTOPS)])
    heard: dict[tuple[int, int], int] = field(default_factory=dict)

    def say(self, step: Say) -> None:
        """Let a laptop write on top of what it knows, and apply it there."""
        log = self.said[step.laptop]
        hlc = (log[-1].hlc if log else 0) + step.leap
        ledger = self.ledgers[step.laptop]
        spoken = _operation(step, hlc, ledger.rows.get((TABLE, ROWS[step.row])))
        log.append(spoken)
        ledger.apply(spoken, chain_of(step.laptop))

    def hear(self, laptop: int, source: int) -> bool:
        """Deliver the next operation; say whether there was one."""
        at = self.heard.get((laptop, source), 0)
        if laptop == source or at >= len(self.said[source]):
            return False
        self.ledgers[laptop].apply(self.said[source][at], chain_of(source))
        self.heard[laptop, source] = at + 1
        return True

    def settle(self) -> None:
        """Deliver everything to everybody."""
        for laptop in range(LAPTOPS):
            for source in range(LAPTOPS):
                while self.hear(laptop, source):
                    pass


def chain_of(laptop: int) -> bytes:
    """Return the chain of a laptop."""
    return chain_id(bytes([0xA0 + laptop]) * 16, 0)


def _operation(step: Say, hlc: int, known: merge.RowState | None) -> Operation:
    row, name = ROWS[step.row], FIELDS[step.field]

    def over(of: str) -> list[Stamp]:
        return list(merge.standing(known, of))[1 if step.keep else 0 :]

    if step.kind is Kind.CREATE:
        return operation.create(TABLE, row, hlc, {name: step.value})
    if step.kind is Kind.PUT:
        return operation.put(TABLE, row, hlc, {name: (step.value, over(name))})
    if step.kind is Kind.DELETE:
        return operation.delete(TABLE, row, hlc, over(operation.DELETED))
    if step.kind is Kind.RESTORE:
        return operation.restore(TABLE, row, hlc, over(operation.DELETED))
    if step.kind is Kind.ALIAS:
        return operation.alias(TABLE, row, hlc, ROWS[step.value % 2], over(operation.ALIAS))
    return operation.erase(TABLE, row, hlc, 1, [name] if step.value else None)


def lived(history: list[Step], apply: Apply) -> World:
    """Return the world after a history, with everything delivered."""
    world = World([Ledger(apply) for _ in range(LAPTOPS)])
    for step in history:
        if isinstance(step, Say):
            world.say(step)
        else:
            world.hear(step.laptop, step.source)
    world.settle()
    return world


def modelled(world: World) -> dict[bytes, dict[str, dict[Stamp, object]] | None]:
    """Return what must stand, per row and field; None for an erased row. Order plays no part in it."""
    stands: dict[bytes, dict[str, dict[Stamp, object]] | None] = {}
    spoken = [(chain_of(laptop), one) for laptop, log in enumerate(world.said) for one in log]
    for row in ROWS:
        mine = [(chain, one) for chain, one in spoken if one.row == row]
        erases = [one.erased_fields for _, one in mine if one.kind == Kind.ERASE]
        if any(fields is None for fields in erases):
            stands[row] = None
            continue
        closed = {name for fields in erases for name in fields or ()}
        replaced = {(write.field, stamp) for _, one in mine for write in one.writes() for stamp in write.over}
        fields: dict[str, dict[Stamp, object]] = {name: {} for name in closed}
        for chain, one in mine:
            for write in one.writes():
                stamp = Stamp(one.hlc, chain)
                if write.field not in closed and (write.field, stamp) not in replaced:
                    fields.setdefault(write.field, {})[stamp] = write.value
        stands[row] = fields
    return stands


def check(world: World) -> None:
    """Assert that all laptops agree, agree with the model, and remember nothing that is no longer needed."""
    expected = modelled(world)
    for ledger in world.ledgers:
        for row in ROWS:
            state = ledger.rows.get((TABLE, row), merge.EMPTY)
            fields = {name: dict(siblings) for name, siblings in state.fields.items()}
            assert (None if state.erased else fields) == expected[row]
            assert not state.covered
            record = merge.record_cbor(TABLE, row, state)
            if record:
                assert merge.parse_record(record) == (TABLE, row, state)
