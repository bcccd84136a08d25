"""The audit trail as a lead sees it: every entry of this laptop's own, the length of everybody else's.

What others did on their laptops is in their own vaults: no trail travels, only its head, so that nobody can shorten his
own unseen (sync/docs/audit.md). Entries hold types, ids, numbers and moments, never a value.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from broker_desktop.session.context import Context
from broker_desktop.session.handed_files import keep_file
from broker_desktop.session.oversight_views import AuditHeadLine, AuditLine, Laptop
from broker_desktop.session.queries import worker_names
from broker_desktop.session.times import day_of_ms, moment_of_ms
from broker_desktop.session.views import Finding
from sync.ids import uuid_text
from sync.replica import Flaw

_HEADINGS: Final = ("n", "at", "action", "type", "id", "many")
_FLAWS: Final = {
    Flaw.WENT_BACK: ("audit_went_back", "has fewer entries than it had"),
    Flaw.CONTRADICTS: ("audit_contradicts", "is not the one that was shown before"),
    Flaw.RESTORED: ("audit_restored", "began again from an older state: its disk was restored"),
}


def trail(context: Context, after: int = 0) -> list[AuditLine]:
    """List this laptop's trail in order, from behind entry `after`."""
    context.only_leads("The audit list")
    return [
        AuditLine(
            n=one.n, at=moment_of_ms(one.deed.at_ms), action=one.deed.action, type=one.deed.table,
            record_id=uuid_text(one.deed.row) if len(one.deed.row) == 16 else "", many=one.deed.many,
        )
        for one in context.vault.replica.deeds(after)
    ]  # fmt: skip


def heads(context: Context) -> list[AuditHeadLine]:
    """List how long the other laptops' trails are, as they last said."""
    context.only_leads("The audit list")
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
    return [
        AuditHeadLine(
            laptop=Laptop(seat=uuid_text(one.seat), person=names.get(one.seat, "")), entries=one.n,
            since=day_of_ms(context, one.since), flaw=_FLAWS[one.flaw][1] if one.flaw else "",
        )
        for one in context.vault.replica.audit_heads()
    ]  # fmt: skip


def export(context: Context, path: Path) -> int:
    """Write this laptop's trail as CSV, over a file that is there; return how many entries. Raises StorageProblem."""
    lines = trail(context)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADINGS)
    writer.writerows((one.n, one.at, one.action, one.type, one.record_id, one.many) for one in lines)
    keep_file(path, text.getvalue().encode())
    context.audit("export", "audit", many=len(lines))
    return len(lines)


def findings(context: Context) -> Iterator[Finding]:
    """Say what is wrong with the trails, for `check`."""
    if (broken := context.vault.replica.audit_broken_at()) is not None:
        yield Finding(code="audit_broken", text=f"The audit list of this laptop was changed at entry {broken}.")
    with context.vault.reader.connect() as connection:
        names = worker_names(connection)
    for one in context.vault.replica.audit_heads():
        if one.flaw:
            code, words = _FLAWS[one.flaw]
            whose = names.get(one.seat) or uuid_text(one.seat)
            yield Finding(code=code, text=f"The audit list of {whose}’s laptop {words}. Ask before you go on.")
