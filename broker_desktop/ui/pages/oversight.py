"""Oversight, for a lead: erasures and who has not confirmed them, what is due or closed, the audit list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from broker_desktop.records.erasing import REASON_WORDS, reason_of
from broker_desktop.session.oversight_views import (
    AuditHeadLine,
    AuditLine,
    ClosedView,
    DuePerson,
    Erasing,
    ErasureView,
    RetentionView,
    Unconfirmed,
)
from broker_desktop.ui.i18n import LONDON, moment_text, translate
from broker_desktop.ui.pages.page import Desk, Page, Place
from broker_desktop.ui.widgets.boxes import Card, Rule, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

_SHOWN: Final = 30
"""Entries of the audit list that the page shows; the file has all."""


@dataclass(frozen=True, slots=True)
class Overseen:
    """Everything the page shows, read at once."""

    erasures: Sequence[ErasureView]
    unconfirmed: Sequence[Unconfirmed]
    late: int
    retention: RetentionView
    closed: Sequence[ClosedView]
    heads: Sequence[AuditHeadLine]
    audit: Sequence[AuditLine]


class OversightPage(Page):
    """What leads look after."""

    rail_place = "settings"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._export = Button(translate("Oversight", "Export the audit list…"), icon="file-down")
        self._export.clicked.connect(self.export)
        self._titles: dict[str, str] = {}
        self._cards = [Card(padding=20, gap=10) for _ in range(4)]
        for card in self._cards:
            self.column.addWidget(card)
        self.column.addWidget(self._police_card())
        self.column.addStretch(1)

    def title(self) -> str:
        """Return the page's title."""
        return translate("Oversight", "Oversight")

    def subtitle(self) -> str:
        """Say that it is private."""
        return translate("Oversight", "Private page. For team leads")

    def header_parts(self) -> list[QWidget]:
        """Return the export."""
        return [self._export]

    def arrive(self, place: Place) -> None:
        """Read everything."""
        self._read()

    def records_changed(self, types: frozenset[str]) -> None:
        """Read again."""
        self._read()

    def escape(self) -> bool:
        """Go back to the settings."""
        self.desk.go(Place("settings"))
        return True

    def _read(self) -> None:
        desk = self.desk.session.oversight
        self.desk.read(
            self,
            lambda: Overseen(
                desk.erasures(), desk.unconfirmed(), desk.late_count(), desk.retention(), desk.closed(),
                desk.audit_heads(), desk.audit(),
            ),
            self._show,
        )  # fmt: skip

    def _show(self, found: Overseen) -> None:
        self._titles = {one.name: one.title for one in self.desk.session.readable()}
        erasing, keeping, closed, audit = self._cards
        for card in self._cards:
            card.empty()
        self._show_erasures(erasing, found)
        self._show_due(keeping, found.retention)
        self._show_closed(closed, found.closed)
        self._show_audit(audit, found)

    # Erasures

    def _show_erasures(self, card: Card, found: Overseen) -> None:
        card.add(Label(translate("Oversight", "Erasures"), role="section"))
        if found.late:
            words = translate(
                "Oversight", "{n} records came later about somebody erased. They count as anonymous already."
            )
            settle = Button(translate("Oversight", "Erase who they are about, for good"), icon="check")
            settle.clicked.connect(self._settle)
            card.add(Paragraph(words.format(n=found.late)), row(settle, "stretch"), Rule())
        for one in found.unconfirmed:
            words = translate("Oversight", "{who}’s laptop has not confirmed what was erased from {day} on.")
            line = row(IconLabel("triangle-alert", token="warn"), gap=10)
            line.addWidget(Paragraph(words.format(who=one.laptop.person, day=one.since)), 1)
            card.body.addLayout(line)
        for made in found.erasures[:_SHOWN]:
            reason = reason_of(made.reason)
            kind = self._titles.get(made.type, made.type)
            words = translate("Oversight", "{what} erased {day} by {who}: {why}.")
            why = REASON_WORDS[reason].lower() if reason else made.reason
            card.add(Paragraph(words.format(what=kind, day=self._when(made.at), who=made.by, why=why)))
        if not found.erasures:
            card.add(Paragraph(translate("Oversight", "Nothing was erased."), tone="muted"))

    @Slot()
    def _settle(self) -> None:
        self.desk.write(self, self.desk.session.oversight.settle_late, self._settled)

    def _settled(self, _made: Erasing) -> None:
        self.desk.say(translate("Oversight", "Done. Other laptops follow at their next sync."))
        self._read()

    # Retention

    def _show_due(self, card: Card, view: RetentionView) -> None:
        card.add(Label(translate("Oversight", "Kept as long as they had to be"), role="section"))
        said = translate("Oversight", "{years} years after the last contact, as the area pack says; children longer.")
        unsaid = translate(
            "Oversight",
            "{years} years after the last contact, children longer. The area pack does not say, so this is the rule for"
            " health records.",
        )
        card.add(Paragraph((said if view.said else unsaid).format(years=view.years), role="small", tone="muted"))
        for one in view.due:
            card.add(Rule())
            self._show_person(card, one)
        if not view.due:
            card.add(Paragraph(translate("Oversight", "Nobody is due."), tone="muted"))

    def _show_person(self, card: Card, one: DuePerson) -> None:
        words = translate("Oversight", "{who}: last contact {last}, due since {due}.")
        card.add(Paragraph(words.format(who=one.label, last=one.last_contact, due=one.retain_until), role="strong"))
        if one.held:
            card.add(Paragraph(translate("Oversight", "On hold: {why}.").format(why=one.held)))
            self._act(card, translate("Oversight", "End the hold"), "archive", self._end_hold, one.person_id)
        elif one.mine:
            card.add(Paragraph(translate("Oversight", "You proposed to erase. Another lead has to confirm it.")))
        elif one.proposal:
            words = translate("Oversight", "{who} proposes to erase.").format(who=one.proposed_by)
            card.add(Paragraph(words))
            act = translate("Oversight", "Confirm: erase for ever")
            self._act(card, act, "x", self._confirm, one.proposal, kind="primary")
        else:
            self._act(card, translate("Oversight", "Propose to erase"), "hourglass", self._propose, one.person_id)

    def _act(
        self, card: Card, words: str, icon: str, slot: Callable[[], None], key: str, *, kind: str = "secondary"
    ) -> None:
        button = Button(words, icon=icon, kind=kind)
        button.setProperty("key", key)
        button.clicked.connect(slot)
        card.add(row(button, "stretch"))

    @Slot()
    def _end_hold(self) -> None:
        key, desk = self._key(), self.desk.session.oversight
        self.desk.write(self, lambda: desk.hold(key, ""), self._done)

    @Slot()
    def _propose(self) -> None:
        key, desk = self._key(), self.desk.session.oversight
        self.desk.write(self, lambda: desk.propose(key), self._done)

    @Slot()
    def _confirm(self) -> None:
        key, desk = self._key(), self.desk.session.oversight
        self.desk.write(self, lambda: desk.confirm(key), self._settled)

    # Closed

    def _show_closed(self, card: Card, closed: Sequence[ClosedView]) -> None:
        card.add(Label(translate("Oversight", "Closed to a colleague"), role="section"))
        for one in closed:
            words = translate("Oversight", "{who} is closed to {colleague}.")
            card.add(Paragraph(words.format(who=one.label, colleague=one.worker)))
            self._act(card, translate("Oversight", "Open it again"), "eye", self._open, one.id)
        if not closed:
            card.add(Paragraph(translate("Oversight", "Nobody is closed to anybody."), tone="muted"))

    @Slot()
    def _open(self) -> None:
        key, desk = self._key(), self.desk.session.oversight
        self.desk.write(self, lambda: desk.open_to(key), self._done)

    # Audit

    def _show_audit(self, card: Card, found: Overseen) -> None:
        card.add(Label(translate("Oversight", "What was done on this laptop"), role="section"))
        about = translate("Oversight", "Types and times, never what was written. The file has all {n} entries.")
        card.add(Paragraph(about.format(n=len(found.audit)), role="small", tone="muted"))
        for one in reversed(found.audit[-_SHOWN:]):
            kind = self._titles.get(one.type, "")
            many = f" ({one.many})" if one.many > 1 else ""
            card.add(Paragraph(f"{self._when(one.at)}  {_deeds().get(one.action, one.action)}  {kind}{many}"))
        if found.heads:
            card.add(Rule(), Label(translate("Oversight", "On other laptops"), role="strong"))
        for head in found.heads:
            words = translate("Oversight", "{who}: {n} entries, heard {day}.")
            text = words.format(who=head.laptop.person, n=head.entries, day=head.since)
            flaw = (
                translate("Oversight", "It {flaw}. Ask before you go on.").format(flaw=head.flaw) if head.flaw else ""
            )
            card.add(Paragraph(f"{text} {flaw}".strip(), tone="danger" if head.flaw else "text"))

    def _police_card(self) -> Card:
        card = Card(padding=20, gap=10)
        words = translate("Oversight", "Nothing is handed over before it is logged and approved.")
        log = Button(translate("Oversight", "Police requests"), icon="shield")
        log.clicked.connect(self._to_police)
        card.add(Label(translate("Oversight", "Police"), role="section"), Paragraph(words), row(log, "stretch"))
        return card

    @Slot()
    def _to_police(self) -> None:
        self.desk.go(Place("list", type="police_request"))

    @Slot()
    def export(self) -> None:
        """Ask where the audit list goes."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        title = translate("Oversight", "Export the audit list")
        chosen, _ = QFileDialog.getSaveFileName(self, title, str(Path(folder) / "audit.csv"), "*.csv")
        if chosen:
            self.export_to(Path(chosen))

    def export_to(self, path: Path) -> None:
        """Write the file."""
        desk = self.desk.session.oversight
        self.desk.write(self, lambda: desk.export_audit(path), self._exported)

    def _exported(self, entries: int) -> None:
        self.desk.say(translate("Oversight", "{n} entries were written.").format(n=entries))
        self._read()

    def _done(self, _none: object) -> None:
        self._read()

    def _key(self) -> str:
        return str(self.sender().property("key"))

    def _when(self, text: str) -> str:
        return moment_text(text, self.desk.now().astimezone(LONDON).date())


def _deeds() -> dict[str, str]:
    """Return the words for what an entry says was done."""
    return {
        "unlock": translate("Oversight", "unlocked"),
        "write": translate("Oversight", "wrote"),
        "void": translate("Oversight", "took back"),
        "decide": translate("Oversight", "decided"),
        "open": translate("Oversight", "opened"),
        "list": translate("Oversight", "listed in full"),
        "import": translate("Oversight", "imported"),
        "export": translate("Oversight", "exported"),
        "erase": translate("Oversight", "erased"),
        "alias": translate("Oversight", "said two are one"),
        "unalias": translate("Oversight", "said two are two"),
        "recode": translate("Oversight", "re-coded"),
        "send_elsewhere": translate("Oversight", "sent elsewhere"),
        "hold": translate("Oversight", "began a hold"),
        "unhold": translate("Oversight", "ended a hold"),
        "propose": translate("Oversight", "proposed to erase"),
        "close": translate("Oversight", "closed to a colleague"),
        "reopen": translate("Oversight", "opened to a colleague"),
        "pack": translate("Oversight", "loaded a pack"),
        "live": translate("Oversight", "took the team live"),
        "invite": translate("Oversight", "invited"),
        "approve": translate("Oversight", "let in"),
        "role": translate("Oversight", "changed a role"),
        "retire": translate("Oversight", "retired a laptop"),
        "revoke": translate("Oversight", "locked a laptop out"),
        "rotate": translate("Oversight", "renewed the keys"),
    }
