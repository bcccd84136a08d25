"""What every use case of an open vault shares: the vault, the team as last heard, the code lists, who may do what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from broker_desktop.errors import NotPermitted, StorageProblem, UsageError
from broker_desktop.records import CATALOGUE
from broker_desktop.records.access import Role, may_read
from broker_desktop.records.codelist import CodeLists, nearest
from broker_desktop.records.dates import day_of
from broker_desktop.records.own_words import in_words
from broker_desktop.records.pack import Pack
from broker_desktop.records.pack.words import Wording
from broker_desktop.records.record_type import ADMIN, GENERAL, RecordType
from broker_desktop.records.rules import CheckContext
from broker_desktop.session.counted import CountedPeriods
from broker_desktop.session.environment import PROGRAM, Environment
from broker_desktop.session.events import Event, Events, PackChanged
from broker_desktop.session.reference_data import code_lists, lists_of
from broker_desktop.session.team_packs import TeamPacks, team_packs
from broker_desktop.store.database import told_as_app_errors
from broker_desktop.store.records import Query
from broker_desktop.store.tables import table
from broker_desktop.store.vault import Vault
from sync.ids import uuid_text
from sync.replica import Deed, Transaction

if TYPE_CHECKING:
    from broker_desktop.session.alike import Alike

JOINING: Final = "joining"
"""Name of the kept value that stands while a request to be let in is under way."""

OPEN: Final = "open"
_ONE_LOOK_MS: Final = 10 * 60 * 1000

RECOVERED: Final = "recovered"
"""Name of the kept value of a vault whose passphrase was forgotten, until a lead has let its new seat in."""

COMPARTMENT_NAMES: Final = {0: "admin", 1: "general", 2: "clinical", 3: "common"}


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """The team's own row as last heard."""

    name: str
    pack: str
    """The pack it was made with; which one holds today is `Context.pack`."""
    row_salt: bytes
    live: str = ""
    """The moment from which its records are no longer a trial; empty before."""


@dataclass(slots=True)
class Context:
    """An open vault and what is derived from it. `refresh` after anything that may have changed the team row."""

    environment: Environment
    vault: Vault
    events: Events = field(default_factory=Events)
    wake: Callable[[], None] = lambda: None
    team: TeamFacts | None = None
    packs: TeamPacks = field(default_factory=TeamPacks)
    codes: CodeLists = field(init=False)
    catalogue: tuple[RecordType, ...] = CATALOGUE
    """All record types in the words of the team's pack."""
    marks: dict[bytes, bytes | None] = field(default_factory=dict, repr=False)
    """What the marks of closed people held for this laptop, once opened (closing.py)."""
    no_marks: bool = False
    """Nobody is closed to anybody, as last looked up: then a save need not ask."""
    alike: Alike | None = field(default=None, repr=False)
    """Who may be who; made when it is first asked for (alike.py)."""
    counted: CountedPeriods = field(default_factory=CountedPeriods, repr=False)
    """The periods that were counted last."""
    _unwritten: list[Deed] = field(default_factory=list)
    _writing: Lock = field(default_factory=Lock, repr=False)
    """Held while `_unwritten` goes to the trail, so that two threads never write one entry twice."""
    _opened: Deed | None = None

    def __post_init__(self) -> None:
        self.codes = code_lists(None)
        self.refresh()

    def refresh(self) -> None:
        """Read the team row and its packs again, and take over lists and words where a pack is another one."""
        target = table("team")
        with self.vault.reader.connect() as connection:
            row = connection.execute(select(target)).first()
            if row is None:
                return
            packs = team_packs(connection, row.pack)
        self.team = TeamFacts(row.name, row.pack, row.row_salt, row.live)
        before, self.packs = self.packs, packs
        if packs.key == before.key:
            return
        pack = self.pack
        self.codes = lists_of(packs.spells, pack)
        self.vault.projection.use_codes(self.codes)
        self.catalogue = CATALOGUE if pack is None else in_words(CATALOGUE, Wording(pack.labels))
        if before.key:
            self.events.publish(PackChanged())

    @property
    def pack(self) -> Pack | None:
        """The area pack that holds today; None until this laptop was let in."""
        return self.packs.on(day_of(self.environment.now()))

    @property
    def row_salt(self) -> bytes:
        """The team's secret for derived ids. Raises NotPermitted until this laptop was let in."""
        if self.team is None:
            raise NotPermitted(
                "This laptop has not been let into the team yet.",
                code="TEAM-5",
                title="Not let in yet.",
                remedy="Ask the team lead to approve it, then sync.",
            )
        return self.team.row_salt

    @property
    def compartments(self) -> frozenset[int]:
        """The compartments whose keys this seat holds, or will hold once it is let in."""
        seat = self.vault.own_seat()
        if seat is not None:
            return frozenset(seat.read_last)
        return frozenset(self._awaited.get("comps", ()))

    @property
    def role(self) -> Role:
        """What this seat is for."""
        seat = self.vault.own_seat()
        return Role(seat.role if seat is not None else self._awaited.get("role", Role.WORKER))

    @property
    def _awaited(self) -> Mapping[str, Any]:
        """What this seat was invited to, or had before its passphrase was forgotten, until a lead lets it in."""
        return self.vault.meta(JOINING) or self.vault.meta(RECOVERED) or {}

    def user_of(self, seat: bytes) -> bytes:
        """Give whose a seat is: one person may have several. A seat that is not known stands for itself."""
        control = self.vault.replica.control
        known = None if control is None else control.seat(seat)
        return seat if known is None else known.card.user

    def only_leads(self, what: str, *, code: str | None = None) -> None:
        """Raise NotPermitted for anybody but a lead; `what` begins the sentence."""
        if self.role is not Role.LEAD:
            raise NotPermitted(f"{what} is for a team lead.", code=code)

    def check_may_change(self) -> None:
        """Raise NotPermitted where a lead has retired or ended this laptop: nobody would take a change from it."""
        seat = self.vault.own_seat()
        if seat is not None and not seat.active:
            raise NotPermitted(
                "A team lead has retired this laptop: it hands in new records and changes nothing that stands.",
                code="TEAM-RETIRED",
                title="This laptop changes nothing any more.",
                remedy="The record stays as it is. Ask a colleague to make the change.",
            )

    def check_context(self, *, importing: bool = False, own: str | None = None) -> CheckContext:
        """Give what the rules need beside the record; `own`: the id of one that is being changed.

        An import looks at no other record: it takes history as it stands, and stays fast.
        """
        neighbours = None if importing else self._neighbours
        return CheckContext(self.codes, self.environment.now(), importing=importing, neighbours=neighbours, own=own)

    def _neighbours(
        self, type_name: str, where: Sequence[tuple[str, str]] = (), since: str | None = None, until: str | None = None
    ) -> list[dict[str, Any]]:
        """Look up other records for a rule; nothing of what this seat may not read."""
        if type_name not in {kind.name for kind in self.types()}:
            return []
        with self.vault.reader.connect() as connection:
            query = Query(type=type_name, where=tuple(where), since=since, until=until)
            found = list(self.vault.records.rows(connection, query))
        return [{**one.payload(), "id": uuid_text(one.id)} for one in found]

    def readable(self) -> tuple[RecordType, ...]:
        """Give the record types this seat may read: those of its keys, and what is about people it meets."""
        held = self.compartments | {GENERAL}
        return tuple(kind for kind in self.catalogue if may_read(held, kind))

    def worded(self, name: str) -> RecordType:
        """Give a record type in the words of the team's pack; KeyError for a name that is none."""
        for kind in self.catalogue:
            if kind.name == name:
                return kind
        raise KeyError(name)

    def types(self) -> tuple[RecordType, ...]:
        """Give the record types this seat is offered: what it may read and the team's pack does not switch off."""
        off = self.pack.off if self.pack else frozenset[str]()
        return tuple(kind for kind in self.readable() if kind.name not in off)

    def leaves_no_copy(self, kind: RecordType) -> bool:
        """Tell whether this seat may record a type without keeping, or ever reading, what it recorded."""
        return not kind.author_keeps and not may_read(self.compartments, kind)

    def kind(self, name: str, *, making: bool = False) -> RecordType:
        """Give a record type by name; `making`: to record one, which for some is open to everybody.

        Raises:
            UsageError: a name that is none. NotPermitted: one not open here.
        """
        found = next((kind for kind in self.catalogue if kind.name == name), None)
        if found is None:
            near = nearest(name, [kind.name for kind in CATALOGUE])
            raise UsageError(f"There is no record type of that name. Did you mean {near}?")
        if making and self.pack is not None and name in self.pack.off:
            raise NotPermitted(
                f"{found.plural} are switched off in this team's pack.",
                code="PACK-OFF",
                title="This service does not record that.",
                remedy="What was recorded before stays and can be read. A team lead can switch it on.",
            )
        if not may_read(self.compartments | {GENERAL}, found) and not (making and self.leaves_no_copy(found)):
            whom = "team leads" if found.compartments == {ADMIN} else "clinical staff"
            raise NotPermitted(f"{found.plural} are open to {whom} only.")
        return found

    def made(self) -> dict[str, Any]:
        """Give the birth note of a record that is made now, with the pack and its version it is made under."""
        pack = self.pack
        return {
            "at": self.environment.moment(),
            "seat": self.vault.ids.seat_id,
            "pack": pack.id if pack else "",
            "pack_version": pack.version if pack else "",
            "program": PROGRAM,
        }

    def audit(
        self, action: str, type_name: str = "", row: bytes = b"", *, many: int = 1, tx: Transaction | None = None
    ) -> None:
        """Note in the trail what is done: never a value, only type, id and number (sync/docs/audit.md).

        With `tx` the entry stands or falls with that save. Without, it is written at once; where the disk is full it
        waits for the next one, because reading must go on.
        """
        deed = Deed(int(self.environment.now().timestamp() * 1000), action, type_name, row, many)
        if tx is not None:
            tx.note(deed)
            return
        with self._writing, suppress(StorageProblem), told_as_app_errors():
            self._unwritten.append(deed)
            with self.vault.replica.transaction() as own:
                for one in self._unwritten:
                    own.note(one)
            self._unwritten.clear()

    def audit_open(self, type_name: str, row: bytes) -> None:
        """Note that somebody looks at a record in full; a page that reads the same one again is the same look."""
        before, now_ms = self._opened, int(self.environment.now().timestamp() * 1000)
        same = before is not None and (before.table, before.row) == (type_name, row)
        if before is None or not same or now_ms - before.at_ms > _ONE_LOOK_MS:
            self._opened = Deed(now_ms, OPEN, type_name, row)
            self.audit(OPEN, type_name, row)

    def publish(self, event: Event) -> None:
        """Tell the listeners, and let the sync know that there is something to send."""
        self.events.publish(event)
        self.wake()
