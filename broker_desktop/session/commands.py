"""Use cases that write: save, amend, void, undo, decide. Each is one transaction, then one event.

The rules are the declarations'; here stands only the order of things: check, name, stamp, write, tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from broker_desktop.errors import BadInput, NotFound
from broker_desktop.records.record_type import RecordType
from broker_desktop.records.routing import routed
from broker_desktop.records.rules import Issue
from broker_desktop.session.changes import changed_fields, shown_fields, write_changes
from broker_desktop.session.closing import refuse_closed
from broker_desktop.session.context import Context
from broker_desktop.session.events import RecordsChanged
from broker_desktop.session.people_rules import check_trained, honour, perhaps_twice, refuse_against_wishes
from broker_desktop.session.permissions import check_make, check_steps
from broker_desktop.session.raising import save_shut
from broker_desktop.session.references import References
from broker_desktop.session.refusals import Refused, obstacle
from broker_desktop.session.views import Payload, Saved
from broker_desktop.store import drafts
from broker_desktop.store.database import told_as_app_errors
from sync.ids import uuid_bytes, uuid_text
from sync.replica import Transaction

IMPORT_REASON = "import"
FORM_REASON = "corrected"
"""What stands for a reason where a form gave none; it does not explain a step back."""
SUPERSEDED = "a corrected one came"
WRITE, VOID, DECIDE = "write", "void", "decide"
"""Actions of the audit trail."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    row: bytes
    created: bool
    before: Payload | None


def check(context: Context, kind: RecordType, payload: Mapping[str, Any], own: str | None = None) -> list[Issue]:
    """Give what the rules say about a form as it stands; `own`: the record that it changes."""
    return [*kind.check(payload, context.check_context(own=own)), *perhaps_twice(context, kind, payload, own)]


def save_new(
    context: Context,
    kind: RecordType,
    payload: Mapping[str, Any],
    *,
    someone_else: bool = False,
    draft: str | None = None,
) -> Saved:
    """Store a new record; one whose own words name a record that is here already amends that one.

    `someone_else`: a person with a code that another person has too gets an id of their own.

    Raises:
        Refused: a rule stands against it; nothing was stored. NotPermitted: this role does not make such a record.
    """
    payload = kind.as_form(payload, context.codes)
    issues = _allowed(context, kind, payload)
    check_make(context, kind, payload)
    check_trained(context, kind)
    if context.leaves_no_copy(kind):
        return replace(save_shut(context, kind, payload, draft), issues=tuple(issues))
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        outcome, resolved = _new(context, tx, kind, payload, someone_else=someone_else)
        _supersede(context, tx, kind, resolved)
        if draft is not None:
            drafts.drop(tx.connection, draft)
    return _told(context, kind, outcome, issues)


def save_many(
    context: Context, kind: RecordType, payloads: Sequence[Mapping[str, Any]], *, draft: str | None = None
) -> list[Saved]:
    """Store the new records of one sheet, all of them or none; its draft goes with them.

    Raises:
        Refused: a rule stands against one of them; `line` counts the payloads from 1. NotPermitted: as for one.
    """
    filled = [kind.as_form(payload, context.codes) for payload in payloads]
    found = [_allowed(context, kind, payload, line=line) for line, payload in enumerate(filled, start=1)]
    check_trained(context, kind)
    outcomes = []
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        for payload in filled:
            check_make(context, kind, payload)
            outcomes.append(_new(context, tx, kind, payload)[0])
        if draft is not None:
            drafts.drop(tx.connection, draft)
    return [_told(context, kind, outcome, issues) for outcome, issues in zip(outcomes, found, strict=True)]


def amend(
    context: Context,
    kind: RecordType,
    row_id: str,
    payload: Mapping[str, Any],
    reason: str,
    *,
    whole: bool,
    draft: str | None = None,
) -> Saved:
    """Change a record. `whole`: the payload is all of it, what it lacks is cleared; else only what it names changes.

    Raises:
        NotFound: no such record here. Refused: a rule stands against the result. BadInput: no reason.
    """
    if not reason.strip():
        raise BadInput("A change needs a reason in a word or two.")
    context.check_may_change()
    row = _row(row_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        before = _payload(context, tx, kind, row)
        refuse_closed(context, tx.connection, kind, row, before)
        after = dict(payload) if whole else {**before, **payload}
        issues = _allowed(context, kind, {name: value for name, value in after.items() if name != "id"}, own=row_id)
        _refuse_step_back(kind, before, after, explained=reason != FORM_REASON)
        references = References(context, tx)
        resolved = kind.resolved(payload, person=references.person, external=references.external)
        meant = resolved if whole else {**before, **resolved}
        refuse_against_wishes(context, tx.connection, kind, meant, before)
        outcome = _amend(context, tx, kind, row, resolved, reason, whole=whole)
        honour(context, tx, kind, meant)
        _supersede(context, tx, kind, meant)
        if draft is not None:
            drafts.drop(tx.connection, draft)
    return _told(context, kind, outcome, issues)


def void(context: Context, kind: RecordType, row_id: str, reason: str) -> None:
    """Take a record out of lists and counts; it stays on record with the reason."""
    if not reason.strip():
        raise BadInput("Taking a record out needs a reason in a word or two.")
    context.check_may_change()
    row = _row(row_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        refuse_closed(context, tx.connection, kind, row, _payload(context, tx, kind, row))
        write_changes(context, tx, kind, row, {"_void": {"reason": reason}}, reason)
        context.audit(VOID, kind.name, row, tx=tx)
    context.publish(RecordsChanged(frozenset({kind.name}), frozenset({row_id}), "local"))


def undo(context: Context, kind: RecordType, saved: Saved) -> None:
    """Take back one's own last save: a new record is voided, an amended one gets its former answers."""
    if saved.created:
        void(context, kind, saved.id, "undo")
        _stands_again(context, kind, saved.id)
    elif saved.before is not None:
        row = _row(saved.id)
        with told_as_app_errors(), context.vault.replica.transaction() as tx:
            _amend(context, tx, kind, row, saved.before, "undo", whole=True)
        context.publish(RecordsChanged(frozenset({kind.name}), frozenset({saved.id}), "local"))


def decide(context: Context, kind: RecordType, row_id: str, field: str, wire: Any) -> None:
    """Settle a field that has several values: the one given replaces them all."""
    context.check_may_change()
    row = _row(row_id)
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        refuse_closed(context, tx.connection, kind, row, _payload(context, tx, kind, row))
        write_changes(context, tx, kind, row, {field: wire}, "decision")
        context.audit(DECIDE, kind.name, row, tx=tx)
    context.publish(RecordsChanged(frozenset({kind.name}), frozenset({row_id}), "local"))


def create(context: Context, tx: Transaction, kind: RecordType, row: bytes, resolved: Mapping[str, Any]) -> None:
    """Write a new record with its birth note; a person that a reference has just made gets the rest of its answers."""
    settings = context.pack.settings if context.pack else {}
    resolved = routed(kind.name, resolved, settings, context.codes)
    wire = kind.to_wire(resolved)
    if tx.has(kind.name, row):
        tx.put(kind.name, row, changed_fields(kind, shown_fields(tx, kind, row), wire, resolved, whole=False))
        return
    tx.create(kind.name, row, kind.compartment_of(resolved, context.codes), {**wire, "_made": context.made()})


def _new(
    context: Context, tx: Transaction, kind: RecordType, payload: Mapping[str, Any], *, someone_else: bool = False
) -> tuple[_Outcome, Payload]:
    references = References(context, tx)
    resolved = kind.resolved(payload, person=references.person, external=references.external)
    refuse_closed(context, tx.connection, kind, b"", resolved)
    refuse_against_wishes(context, tx.connection, kind, resolved)
    row = references.own_id(kind, payload, someone_else=someone_else) or context.environment.new_id()
    if tx.has(kind.name, row) and row not in references.made:
        outcome = _amend(context, tx, kind, row, resolved, IMPORT_REASON, whole=False)
    else:
        create(context, tx, kind, row, resolved)
        context.audit(WRITE, kind.name, row, tx=tx)
        outcome = _Outcome(row, created=True, before=None)
    honour(context, tx, kind, resolved)
    return outcome, resolved


def _amend(
    context: Context, tx: Transaction, kind: RecordType, row: bytes, resolved: Payload, reason: str, *, whole: bool
) -> _Outcome:
    shown = shown_fields(tx, kind, row)
    before = kind.from_wire(shown, context.codes)
    changes = changed_fields(kind, shown, kind.to_wire(resolved), resolved, whole=whole)
    if changes:
        check_steps(context, kind, changes)
        write_changes(context, tx, kind, row, changes, reason)
        context.audit(WRITE, kind.name, row, tx=tx)
    return _Outcome(row, created=False, before=before)


def _supersede(context: Context, tx: Transaction, kind: RecordType, resolved: Mapping[str, Any]) -> None:
    """Say of the record that this one takes the place of that it is replaced; it stays as it is otherwise."""
    rule = kind.supersedes
    if rule is None or resolved.get(rule.state) != rule.stands:
        return
    _settle(context, tx, kind, resolved, rule.gone, SUPERSEDED)


def _stands_again(context: Context, kind: RecordType, row_id: str) -> None:
    """Let the record that was replaced stand again once the later one was taken back."""
    rule, row = kind.supersedes, _row(row_id)
    if rule is None:
        return
    with told_as_app_errors(), context.vault.replica.transaction() as tx:
        _settle(context, tx, kind, _payload(context, tx, kind, row), rule.stands, "undo")


def _settle(
    context: Context, tx: Transaction, kind: RecordType, payload: Mapping[str, Any], state: str, reason: str
) -> None:
    rule = kind.supersedes
    older = None if rule is None else payload.get(rule.field)
    if rule is None or not isinstance(older, dict) or "id" not in older:
        return
    row = _row(older["id"])
    if tx.has(kind.name, row) and shown_fields(tx, kind, row).get(rule.state) != state:
        write_changes(context, tx, kind, row, {rule.state: state}, reason)
        context.audit(WRITE, kind.name, row, tx=tx)


def _allowed(
    context: Context, kind: RecordType, payload: Mapping[str, Any], own: str | None = None, *, line: int | None = None
) -> list[Issue]:
    issues = check(context, kind, payload, own)
    if obstacle(issues) is not None:
        raise Refused(issues, line=line)
    return issues


def _refuse_step_back(kind: RecordType, before: Payload, after: Payload, *, explained: bool) -> None:
    issues = () if kind.steps is None else kind.steps.check(before, after, explained=explained)
    if issues:
        raise Refused(list(issues))


def _payload(context: Context, tx: Transaction, kind: RecordType, row: bytes) -> Payload:
    if not tx.has(kind.name, row):
        raise NotFound(f"No {kind.title.lower()} has this id here.")
    return kind.from_wire(shown_fields(tx, kind, row), context.codes)


def _row(row_id: str) -> bytes:
    try:
        return uuid_bytes(row_id)
    except ValueError:
        raise NotFound("That is not an id of a record.") from None


def _told(context: Context, kind: RecordType, outcome: _Outcome, issues: list[Issue]) -> Saved:
    row_id = uuid_text(outcome.row)
    types = {kind.name, "person"} if kind.person_field else {kind.name}
    context.publish(RecordsChanged(frozenset(types), frozenset({row_id}), "local"))
    return Saved(type=kind.name, id=row_id, created=outcome.created, issues=tuple(issues), before=outcome.before)
