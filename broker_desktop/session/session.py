"""An unlocked vault: the only thing a window or a command talks to.

A facade and no more: every method is one use case that stands in a module of its own. Methods may be called from any
thread; writes take turns, reads do not wait for them. Nothing here waits for the network but what says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.records.pack.words import Wording
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.referral_source import EarlierContact
from broker_desktop.records.rules import Issue
from broker_desktop.session import (
    candidates,
    checking,
    commands,
    conflicts,
    courier,
    handing_on,
    importing,
    offline,
    queries,
    raising,
    seats,
    summary,
    worklists,
)
from broker_desktop.session.background import Background
from broker_desktop.session.before_referral import before_referral
from broker_desktop.session.clinical import ClinicalDesk
from broker_desktop.session.context import Context
from broker_desktop.session.drafts import Drafts
from broker_desktop.session.events import Listener, SyncStatus
from broker_desktop.session.exports.under_way import Told, silent
from broker_desktop.session.imports import ImportDesk
from broker_desktop.session.keys import KeysDesk
from broker_desktop.session.oversight import OversightDesk
from broker_desktop.session.packs import PacksDesk
from broker_desktop.session.pairs import PairsDesk
from broker_desktop.session.partners import PartnersDesk
from broker_desktop.session.people_desk import PeopleDesk
from broker_desktop.session.period import Period
from broker_desktop.session.raising import WhomToCall
from broker_desktop.session.recoding import RecodingDesk
from broker_desktop.session.rerouting import ReroutingDesk
from broker_desktop.session.returns import ReturnsDesk
from broker_desktop.session.sheets import SheetsDesk
from broker_desktop.session.signing import MonthsDesk
from broker_desktop.session.spooling import DeviceSpool
from broker_desktop.session.stock import StockDesk
from broker_desktop.session.summary import Summary
from broker_desktop.session.team import TeamDesk
from broker_desktop.session.team_todo import team_todo
from broker_desktop.session.views import (
    Candidates,
    CheckReport,
    ConflictView,
    CourierCounts,
    CustodyCounts,
    Draft,
    ImportCounts,
    Payload,
    RecordRow,
    RecordView,
    Saved,
    SeatView,
    Supplies,
    TodayView,
)
from broker_desktop.session.worklist_views import Worklist, WorklistCount
from sync.engine.status import SyncReport

_PATIENCE_OF_A_LOCK_S: Final = 1.0
"""How long a lock waits for the request under way: the keys must go before the laptop sleeps."""


class Session:
    """One person's unlocked vault."""

    def __init__(self, context: Context) -> None:
        """Take an opened vault; `open_vault` and `open_with_keys` are the ways here."""
        self._context = context
        self._spool = DeviceSpool(context)
        self._background = Background(context, self._spool)
        self._drafts = Drafts(context)
        self.keys = KeysDesk(context, self._background)
        self.team = TeamDesk(context)
        self.partners = PartnersDesk(context)
        self.months = MonthsDesk(context)
        self.returns = ReturnsDesk(context)
        self.oversight = OversightDesk(context)
        self.people = PeopleDesk(context)
        self.stock = StockDesk(context)
        self.sheets = SheetsDesk(context)
        self.packs = PacksDesk(context)
        self.imports = ImportDesk(context)
        self.recoding = RecodingDesk(context)
        self.rerouting = ReroutingDesk(context)
        self.clinical = ClinicalDesk(context)
        self.pairs = PairsDesk(context)

    # What this seat is and may

    @property
    def seat(self) -> SeatView:
        """Who works here."""
        return seats.seat_view(self._context)

    @property
    def codes(self) -> CodeLists:
        """The code lists of the team's pack."""
        return self._context.codes

    @property
    def pack(self) -> Pack | None:
        """The team's area pack; None until this laptop was let in."""
        return self._context.pack

    @property
    def lock_minutes(self) -> int:
        """The minutes without a key after which the vault locks: 1 to 15, by the team's policy (protocol.md 2.17)."""
        return seats.lock_minutes(self._context)

    @property
    def role_labels(self) -> Mapping[str, str]:
        """The area pack's own words for roles, by role code."""
        return self._context.pack.labels if self._context.pack else {}

    def types(self) -> tuple[RecordType, ...]:
        """Give the record types this seat is offered, in the words of the team's pack."""
        return self._context.types()

    def readable(self) -> tuple[RecordType, ...]:
        """Give the record types this seat may read, those that are not offered any more included."""
        return self._context.readable()

    def words(self, text: str) -> str:
        """Put the words of the team's pack into a text for people."""
        return Wording(self.role_labels).words(text)

    def worded(self, type_name: str) -> RecordType:
        """Give a record type in the words of the team's pack, whoever may read it; KeyError for none."""
        return self._context.worded(type_name)

    # Writing

    def check(self, type_name: str, payload: Mapping[str, Any], *, record_id: str | None = None) -> list[Issue]:
        """Give what the rules say about a form as it stands; `record_id`: the record that it changes."""
        return commands.check(self._context, self._context.kind(type_name, making=True), payload, record_id)

    def leaves_no_copy(self, type_name: str) -> bool:
        """Tell whether what this seat records of a type is sealed at once, with no copy, draft or undo left here."""
        return self._context.leaves_no_copy(self._context.kind(type_name, making=True))

    def whom_to_call(self) -> WhomToCall:
        """Give the number to call about a safeguarding concern, and whom to ask where the pack has none."""
        return raising.whom_to_call(self._context)

    def save(
        self,
        type_name: str,
        payload: Mapping[str, Any],
        *,
        record_id: str | None = None,
        reason: str | None = None,
        someone_else: bool = False,
        draft: str | None = None,
    ) -> Saved:
        """Store a form: a new record, or with `record_id` the whole of an old one anew. The draft goes with it.

        Raises:
            Refused: a rule stands against it; nothing was stored. NotPermitted: not open to this role.
        """
        kind = self._context.kind(type_name, making=record_id is None)
        if record_id is None:
            return commands.save_new(self._context, kind, payload, someone_else=someone_else, draft=draft)
        why = reason or commands.FORM_REASON
        return commands.amend(self._context, kind, record_id, payload, why, whole=True, draft=draft)

    def amend(self, type_name: str, record_id: str, changes: Mapping[str, Any], reason: str) -> Saved:
        """Change only what is named; null clears. Raises Refused, NotFound."""
        return commands.amend(self._context, self._context.kind(type_name), record_id, changes, reason, whole=False)

    def void(self, type_name: str, record_id: str, reason: str) -> None:
        """Take a record out of lists and counts; it stays on record with the reason."""
        commands.void(self._context, self._context.kind(type_name), record_id, reason)

    def undo(self, saved: Saved) -> None:
        """Take back a save."""
        commands.undo(self._context, self._context.kind(saved.type), saved)

    def import_file(
        self, type_name: str, path: Path, *, dry_run: bool = False, skip_bad: Path | None = None
    ) -> ImportCounts:
        """Store the records of a file, all or none; `type_name` may be `mixed`. Raises BadInput with line and field."""
        return importing.import_file(self._context, type_name, path, dry_run=dry_run, skip_bad=skip_bad).counts

    # Reading

    def records(
        self,
        type_name: str,
        *,
        where: Iterable[tuple[str, str]] = (),
        since: str | None = None,
        until: str | None = None,
        text: str | None = None,
        limit: int | None = None,
        offset: int = 0,
        voided: bool = False,
    ) -> list[RecordRow]:
        """List records, the newest event first; with `text` those whose words match, best first."""
        kind = self._context.kind(type_name)
        if text:
            return queries.matching(self._context, text, [kind.name])
        query = queries.query_for(
            self._context, kind, where, since=since, until=until, limit=limit, offset=offset, voided=voided
        )
        return queries.rows(self._context, query)

    def count(
        self,
        type_name: str,
        *,
        where: Iterable[tuple[str, str]] = (),
        since: str | None = None,
        until: str | None = None,
    ) -> int:
        """Count the records that `records` would list."""
        kind = self._context.kind(type_name)
        return queries.count(self._context, queries.query_for(self._context, kind, where, since=since, until=until))

    def record(self, type_name: str, record_id: str) -> RecordView:
        """Give one record in full, voided or not. Raises NotFound."""
        return queries.record(self._context, self._context.kind(type_name), record_id)

    def candidates(self, text: str) -> Candidates:
        """Give who may be meant by a few letters of a code."""
        return candidates.candidates(self._context, text)

    def person_label(self, person_id: str) -> str:
        """Give the words for a person."""
        return queries.person_label(self._context, person_id)

    def history(self, person_id: str) -> list[RecordRow]:
        """Give everything recorded about a person that this seat may read, newest first."""
        return queries.history(self._context, person_id)

    def before_referral(
        self, person_id: str, made_on: str | None = None, referral: str | None = None
    ) -> list[EarlierContact]:
        """Give what we did with somebody in the ninety days before a referral. Raises NotFound."""
        return before_referral(self._context, person_id, made_on, referral)

    def last_visit_supplies(self, person_id: str) -> Supplies:
        """Give packs and items of a person's last needle-exchange visit, and what need not be asked again yet."""
        return queries.last_visit_supplies(self._context, person_id)

    def search(self, text: str) -> list[RecordRow]:
        """Find records of every readable type by words, codes and names, best first."""
        return queries.matching(self._context, text, [kind.name for kind in self._context.readable()])

    def today(self) -> TodayView:
        """Give the Today page."""
        waiting = [*team_todo(self._context), *self._background.todo(), *self.partners.todo()]
        waiting += self.clinical.todo()
        return queries.today(self._context, waiting)

    def worklists(self) -> list[WorklistCount]:
        """Count what waits on each worklist today."""
        return worklists.worklists(self._context)

    def worklist(
        self, name: str, *, text: str = "", mine: bool = False, overdue: bool = False, coming: bool = False
    ) -> Worklist:
        """Give one worklist, urgent rows first; see worklists.py for what narrows it. Raises UsageError."""
        return worklists.worklist(self._context, name, text=text, mine=mine, overdue=overdue, coming=coming)

    def custody_counts(self) -> CustodyCounts:
        """Count the records by where they are."""
        return queries.custody_counts(self._context)

    # Decisions

    def conflicts(self) -> list[ConflictView]:
        """Give everything that needs a decision."""
        return conflicts.conflicts(self._context)

    def resolve(self, conflict_id: str, number: int) -> None:
        """Decide for one of the values, counted from 1. Raises NotFound."""
        kind, row, field, value = conflicts.chosen(self._context, conflict_id, number)
        commands.decide(self._context, kind, row, field, value)

    def resolve_with(self, conflict_id: str, value: Any) -> None:
        """Decide for something else: any value the question takes, an answer object too. Raises Refused, NotFound."""
        kind, row, field = conflicts.place(self._context, conflict_id)
        self.amend(kind.name, row, {field: value}, "decision")

    # Figures

    def summary(self, period: Period, recipient: str = "internal", *, beside: bool = True) -> Summary:
        """Give a period for a recipient, as signed or counted now; `beside` adds marks and late changes."""
        return summary.summarise(self._context, period, recipient, beside=beside)

    def export(self, made: Summary, file_format: str, path: Path, told: Told = silent) -> None:
        """Write a summary to a file in one of the formats; that it was written is noted.

        `told` is called with how much is done of how much; whatever it raises stops it, and nothing is written.
        """
        handing_on.hand_on(self._context, made, file_format, path, told)

    # Drafts

    def keep_draft(self, type_name: str, payload: Payload, focus: str, draft: str | None = None) -> str:
        """Keep an unfinished form, over the draft named; returns its id."""
        return self._drafts.keep(type_name, payload, focus, draft)

    def drafts(self) -> list[Draft]:
        """Give all unfinished forms, the newest first."""
        return self._drafts.all()

    def drop_draft(self, draft: str) -> None:
        """Put an unfinished form aside for good."""
        self._drafts.drop(draft)

    # The server

    def start_sync(self) -> None:
        """Start syncing in the background, at once and then by itself."""
        self._background.start()

    def sync_now(self) -> None:
        """Ask the background for a sync now."""
        self._background.sync_now()

    def sync_status(self) -> SyncStatus:
        """Tell how the exchange with the server stands."""
        return self._background.status()

    def sync_once(self) -> SyncReport:
        """Sync now and wait for it. Raises NoServer, Untrusted, NotPermitted."""
        return self._background.sync_once()

    def courier_export(self, path: Path) -> int:
        """Write everything this vault holds to a file to be carried by hand; returns its size in bytes.

        Raises:
            NotPermitted: not let in yet. StorageProblem: no room.
        """
        return courier.write_courier(self._context, path)

    def courier_import(self, path: Path) -> CourierCounts:
        """Take in a colleague's courier file, or the answer that lets this laptop in, all or nothing.

        Raises:
            BadInput, Untrusted, NotPermitted: nothing was stored.
        """
        if self._context.vault.replica.control is None:
            return offline.take_answer_file(self._context, path)
        return courier.read_courier(self._context, path)

    # The vault

    def take_in_spool(self) -> int:
        """Take in what colleagues on this laptop left since; opening a vault does it, and every sync."""
        return self._spool.look()

    def check_vault(self) -> CheckReport:
        """Check vault and team."""
        return checking.check(self._context)

    def rebuild(self) -> None:
        """Make lists and search anew from the merged records."""
        self._context.vault.rebuild()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Listen to events, from any thread; the returned function stops that."""
        return self._context.events.subscribe(listener)

    def lock(self) -> None:
        """Close without waiting for a slow server; keep drafts first, the process is replaced afterwards."""
        self._background.close(_PATIENCE_OF_A_LOCK_S)
        self.close()

    def close(self) -> None:
        """Stop syncing, leave what is unsent in the spool, close the vault; a second call does nothing."""
        self._background.close()
        if not self._context.vault.closed:
            self._spool.hand_over()
        self._context.vault.close()
