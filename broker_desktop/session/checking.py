"""What `check` looks at: things a team should mend, and hashes by which two laptops can compare what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from broker_desktop.session import audit_trail, clinical
from broker_desktop.session.completeness import AFTER_THE_END, set_aside
from broker_desktop.session.context import COMPARTMENT_NAMES, Context
from broker_desktop.session.kit_check import UNCHECKED, kit_files_left, kit_uses, not_taken
from broker_desktop.session.packs import unusable_words
from broker_desktop.session.seats import has_one_lead
from broker_desktop.session.views import CheckReport, Finding
from broker_desktop.store.database import quick_check
from sync.replica import Reason

_SERIOUS: Final = frozenset({"set_aside", "audit_broken"})


def check(context: Context) -> CheckReport:
    """Check the vault and the team. `ok` stands for the data: everything that arrived could be used.

    Raises:
        StorageProblem: the file has damaged pages.
    """
    vault = context.vault
    quick_check(vault.reader)
    findings = tuple(_findings(context))
    return CheckReport(
        ok=all(one.code not in _SERIOUS for one in findings),
        findings=findings,
        applied=vault.replica.applied_count(),
        state_hash={
            COMPARTMENT_NAMES[comp]: vault.replica.state_hash(comp).hex()
            for comp in sorted(context.compartments)
            if comp in COMPARTMENT_NAMES
        },
        now=context.environment.broker_now,
    )


def _findings(context: Context) -> Iterator[Finding]:
    if kit_files_left(context):
        yield Finding(code="kit_file", text="A file with both halves of the recovery kit is still on this computer.")
    if context.vault.meta(UNCHECKED):
        yield Finding(
            code="kit_unchecked",
            text="Nobody has typed the recovery kit back yet: a wrong word on paper would be found too late.",
        )
    used = len(kit_uses(context))
    if used:
        yield Finding(
            code="kit_used", text=f"The recovery kit made {used} new leads. If nobody knows of it, revoke them at once."
        )
    behind = len(not_taken(context))
    if behind:
        yield Finding(code="old_kit", text=f"{behind} laptops were not unlocked since the kit was replaced.")
    if has_one_lead(context):
        yield Finding(
            code="single_lead", text="The team has one lead. If that laptop is lost, nobody can let people in."
        )
    for one in context.packs.unusable:
        yield Finding(code="pack_unusable", text=unusable_words(one))
    counts = context.vault.replica.counts()
    reasons = [one.reason for one in context.vault.replica.quarantined()]
    erased, ended = reasons.count(Reason.ERASED), sum(one in AFTER_THE_END for one in reasons)
    if aside := set_aside(context):
        yield Finding(code="set_aside", text=f"{aside} things that arrived are set aside.")
    if ended:
        yield Finding(code="sent_late", text=f"{ended} parcels came from laptops that had left; a lead decides.")
    if erased:
        yield Finding(code="erased_late", text=f"{erased} changes came for something erased; they go after 30 days.")
    if counts.unsent:
        yield Finding(code="unsent", text=f"{counts.unsent} changes are on this laptop only.")
    if counts.conflicts:
        yield Finding(code="conflicts", text=f"{counts.conflicts} records have two values; somebody has to decide.")
    yield from audit_trail.findings(context)
    yield from clinical.findings(context)
    if context.environment.broker_now is not None:
        yield Finding(code="broker_now", text="The program's clock is shifted by BROKER_NOW.")
