"""Deliberate mistakes in the merge rule, each a replacement of `merge.apply` (protocol.md 2.7).

A property that lets one of them pass proves nothing about the rule.
"""

from dataclasses import replace

from sync import merge
from sync.merge import MaxHlc, Outcome, RowState
from sync.operation import Kind, Operation
from tests.common.ledger import Apply


def no_causal_check(state: RowState | None, operation: Operation, chain: bytes, max_hlc: MaxHlc) -> Outcome:
    """Let a write replace whatever stands, seen or not."""
    if operation.kind == Kind.ERASE:
        return merge.apply(state, operation, chain, max_hlc)
    payload = {
        write.field: [write.value, [list(stamp) for stamp in {*write.over, *merge.standing(state, write.field)}]]
        for write in operation.writes()
    }
    return merge.apply(state, replace(operation, kind=Kind.PUT, payload=payload), chain, max_hlc)


def last_writer_wins(state: RowState | None, operation: Operation, chain: bytes, max_hlc: MaxHlc) -> Outcome:
    """Keep the greatest stamp of a field and forget the rest."""
    outcome = merge.apply(state, operation, chain, max_hlc)
    fields = {name: siblings[-1:] for name, siblings in outcome.state.fields.items()}
    return replace(outcome, state=replace(outcome.state, fields=fields))


def erase_not_sticky(state: RowState | None, operation: Operation, chain: bytes, max_hlc: MaxHlc) -> Outcome:
    """Let a write bring back what was erased."""
    if state is not None and operation.kind != Kind.ERASE:
        open_fields = {name: siblings for name, siblings in state.fields.items() if siblings}
        state = replace(state, erased=False, fields=open_fields)
    return merge.apply(state, operation, chain, max_hlc)


def no_covered_set(state: RowState | None, operation: Operation, chain: bytes, max_hlc: MaxHlc) -> Outcome:
    """Forget what was replaced before it arrived."""
    outcome = merge.apply(state, operation, chain, max_hlc)
    return replace(outcome, state=merge.with_covered(outcome.state, {}))


def covered_ignored(state: RowState | None, operation: Operation, chain: bytes, max_hlc: MaxHlc) -> Outcome:
    """Keep the covered set and never ask it."""
    before = dict(state.covered) if state is not None else {}
    blind = merge.with_covered(state, {}) if state is not None else None
    outcome = merge.apply(blind, operation, chain, max_hlc)
    covered = {
        name: before.get(name, frozenset()) | outcome.state.covered.get(name, frozenset())
        for name in {*before, *outcome.state.covered}
    }
    return replace(outcome, state=merge.with_covered(outcome.state, covered))


def covered_never_drains(state: RowState | None, operation: Operation, chain: bytes, max_hlc: MaxHlc) -> Outcome:
    """Cover stamps that have arrived long ago."""
    return merge.apply(state, operation, chain, lambda _: 0)


MUTANTS: tuple[Apply, ...] = (
    no_causal_check,
    last_writer_wins,
    erase_not_sticky,
    no_covered_set,
    covered_ignored,
    covered_never_drains,
)
