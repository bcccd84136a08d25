"""The form of any record type: new, changed, or taken up again from a draft.

It keeps a draft after each answer, shows what the session says is wrong, and saves. Everything about the subject
comes from the declaration.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from broker_desktop.records.field import Moment
from broker_desktop.records.month import Month
from broker_desktop.records.rules import Issue
from broker_desktop.session import Refused
from broker_desktop.session.views import Draft, RecordView, Saved
from broker_desktop.ui.forms.form import Form, Payload
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.i18n import LONDON, long_day, translate
from broker_desktop.ui.pages.form_parts import FormFooter, RecordHistory, SectionIndex, next_form
from broker_desktop.ui.pages.form_start import form_context
from broker_desktop.ui.pages.page import Desk, DraftSlot, Page, Place, locked_focus, read_locked_focus
from broker_desktop.ui.pages.person_notices import CourseGate, PersonNotices, person_in
from broker_desktop.ui.pages.raised import CONCERN, RaiseButton
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import column
from broker_desktop.ui.widgets.focus import focus_soon
from broker_desktop.ui.widgets.marks import Badge

DRAFT_AFTER_MS: Final = 1500


class FormPage(Page):
    """One form, from arrival to save."""

    stays = True

    def __init__(self, desk: Desk, type_name: str) -> None:
        super().__init__(desk)
        self.type = desk.session.worded(type_name)
        self.rail_place = f"list:{type_name}"
        self._record_id: str | None = None
        self._draft = DraftSlot()
        self._first = Place("")
        self._saving = False
        self._opened_with: Payload = {}
        self._blocked: Sequence[Question] = ()
        self.form = Form(self.type, form_context(desk), self._check)
        self.form.changed.connect(self._changed)
        self._badge = Badge("", icon="pencil-line", tone="info")
        talked_to = self.type.person_field is not None and self.type.name != CONCERN
        self._raise = RaiseButton(desk) if talked_to else None
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_AFTER_MS)
        self._draft_timer.timeout.connect(self._keep_draft)
        self.index = SectionIndex(self.form)
        self.index.picked.connect(self._go_to_section)
        self.history = RecordHistory(for_lead=desk.session.seat.role == "lead")
        self.history.void_wanted.connect(self._void)
        self.history.erase_wanted.connect(self._erase)
        self.footer = FormFooter()
        self.notices = PersonNotices(desk, brief=True)
        self.gate = CourseGate(desk, type_name, (self.form, self.footer))
        self._build()

    # Page

    def title(self) -> str:
        """Return the record type's title."""
        return self.type.title

    def subtitle(self) -> str:
        """Say whether it is new, and the day."""
        if self.type.private:
            return translate("FormPage", "Private page. Not for the counter")
        if self._record_id is not None:
            return translate("FormPage", "Saved before. Every change is kept beside what stood there")
        return long_day(self.desk.now().astimezone(LONDON).date())

    def header_parts(self) -> list[QWidget]:
        """Return the draft badge, and the way to a lead where somebody is talked to."""
        return [*([self._badge] if self._badge.text() else []), *([self._raise] if self._raise is not None else [])]

    def arrive(self, place: Place) -> None:
        """Start a new form, open a record, or carry on with a draft."""
        self._first, self.notices.silent = place, place.counter
        if place.page == "edit" and place.id:
            self.desk.read(self, lambda: self.desk.session.record(self.type.name, place.id), self._open)
        elif place.draft:
            self.desk.read(self, self.desk.session.drafts, self._take_draft)
        else:
            self._start(place.payload or {})

    def leave(self) -> None:
        """Park what is unfinished as a draft, and what a save under way does not store; never ask."""
        changed, payload = self._draft_timer.isActive(), self.form.value()
        self._draft_timer.stop()
        if self._saving and self._dirty(payload):
            name, record = self.form.focus_name(), self._record_id
            self.desk.park(self.type.name, payload, locked_focus(record, name) if record else name, self._draft)
        elif changed:
            self._keep_draft()

    def keep(self) -> bool:
        """Keep the form now, in this thread: the vault is about to be locked and nobody writes any more."""
        self._draft_timer.stop()
        payload = self.form.value()
        dirty = self._dirty(payload) and not self._draft.stored
        if dirty:
            focus = locked_focus(self._record_id or "", self.form.focus_name())
            self._draft.id = self.desk.session.keep_draft(self.type.name, payload, focus, draft=self._draft.id)
        return dirty

    def refuse(self) -> str:
        """Refuse the question in focus."""
        words = self.form.refuse_focused()
        self._after_edit()
        return words

    def refuse_rest(self) -> None:
        """Refuse all that is left and go to Save."""
        self.form.refuse_rest()
        self._after_edit()
        focus_soon(self.footer.save)

    def escape(self) -> bool:
        """Park the form as a draft and go back to the list."""
        unfinished = self._record_id is None and not self._saving and self._dirty(self.form.value())
        if unfinished:
            self._draft_timer.start()
        self.desk.go(Place("list", type=self.type.name))
        if unfinished:
            self.desk.say(translate("FormPage", "Kept as a draft. It waits on Today."))
        return True

    def set_compact(self, compact: bool) -> None:
        """Turn the section index into a list box in small windows and with large text."""
        super().set_compact(compact)
        large = look().percent >= 150
        self.index.set_narrow(compact or large)
        self.footer.next.setVisible(not large)
        self.form.set_paired(not large)

    # Building

    def _build(self) -> None:
        across = QHBoxLayout()
        across.setSpacing(look().space(16))
        across.addWidget(self.index, 0, Qt.AlignmentFlag.AlignTop)
        middle = column(self.gate, self.index.list, self.form, self.history, gap=12)
        middle.addStretch(1)
        across.addLayout(middle, 1)
        self.column.addLayout(across)
        self._outer.insertWidget(0, self.notices)
        self.set_footer(self.footer)
        self.footer.rest.clicked.connect(self._rest)
        self.footer.go.clicked.connect(self._go_to_first)
        self.footer.next.clicked.connect(self.save_and_next)
        self.footer.save.clicked.connect(self.save)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    # Opening

    def _start(self, payload: Payload) -> None:
        self._record_id, self._draft = None, DraftSlot()
        self.form.reopened = False
        filled = dict(payload)
        event = self.type.by_name.get(self.type.event_field or "")
        if event is not None and event.name not in filled:
            now = self.desk.now().astimezone(LONDON)
            usual = {Moment: now.isoformat(timespec="minutes"), Month: f"{now:%Y-%m}"}
            filled[event.name] = usual.get(type(event), f"{now:%Y-%m-%d}")
        self._fill(filled, self._first.focus)
        if event is not None and event.name not in payload:
            self.form.leave_out_unasked(event.name)
            self._opened_with = self.form.value()
        self.gate.ask()

    def _open(self, view: RecordView) -> None:
        self._record_id, self._draft = view.id, DraftSlot()
        self.form.reopened = True
        self.footer.reason.show()
        self._fill(view.payload, self._first.focus)
        self.history.show_record(view, self.type, self.desk.session.codes)
        self.desk.header_changed.emit()
        if self._first.draft:
            self.desk.read(self, self.desk.session.drafts, self._take_changes)

    def _take_changes(self, drafts: Sequence[Draft]) -> None:
        """Put the changes that a lock kept over the record they belong to."""
        found = next((draft for draft in drafts if draft.id == self._first.draft), None)
        if found is not None:
            self._draft = DraftSlot(found.id)
            self.form.set_value(found.payload)
            self.form.focus_on((read_locked_focus(found.focus) or ("", found.focus))[1])

    def _take_draft(self, drafts: Sequence[Draft]) -> None:
        found = next((draft for draft in drafts if draft.id == self._first.draft), None)
        if found is None:
            self._start({})
            return
        self._draft, self._record_id = DraftSlot(found.id), None
        kept = read_locked_focus(found.focus)
        self._fill(found.payload, found.focus if kept is None else kept[1])
        self._opened_with = {}
        if kept is not None:
            self._draft_timer.start()  # kept again, without the lock's mark
        self._show_draft_badge(found.saved_at)

    def _fill(self, payload: Payload, focus: str) -> None:
        with QSignalBlocker(self.form):
            self.form.set_value(payload)
        self._opened_with = self.form.value()
        self._draft_timer.stop()
        self.index.refresh()
        self.notices.follow(person_in(self._opened_with, self.type.person_field))
        self._show_blocked(())
        self.form.focus_on(focus)

    # Saving

    def _check(self, payload: Payload) -> Sequence[Issue]:
        return self.desk.session.check(self.type.name, payload, record_id=self._record_id)

    @Slot()
    def save(self) -> None:
        """Save and go to the list."""
        self._save(then_next=False)

    @Slot()
    def save_and_next(self) -> None:
        """Save and start another one."""
        self._save(then_next=True)

    def _save(self, *, then_next: bool) -> None:
        if self._saving:
            return
        if self._show_blocked(self.form.show_issues(self.form.issues())):
            return
        payload, record, draft = self.form.value(), self._record_id, self._draft
        reason = self.footer.reason.text().strip() or None
        session, name = self.desk.session, self.type.name
        self._saving = True
        self._draft_timer.stop()

        def work() -> Saved:
            saved = session.save(name, payload, record_id=record, reason=reason, draft=draft.id)
            draft.stored = True
            return saved

        self.desk.write(self, work, self._saved_next if then_next else self._saved, self._failed)

    def _saved(self, saved: Saved) -> None:
        following = next_form(self.type, self.form.value(), saved)
        self._after_save()
        self.desk.go(following or Place("list", type=self.type.name, focus=saved.id))
        self._say_saved(saved)

    def _saved_next(self, saved: Saved) -> None:
        kept = {name: value for name, value in self.form.value().items() if name in self.type.sticky}
        self._after_save()
        following = next((one.name for one in self.type.fields if one.name not in kept), "") if kept else ""
        self._first = Place("new", type=self.type.name, focus=following)
        self.footer.reason.hide()
        self.history.hide()
        self._start(kept)
        self._say_saved(saved)

    def _after_save(self) -> None:
        self._saving, self._draft = False, DraftSlot()
        self._badge.show_words("")
        self._opened_with = self.form.value()

    def _say_saved(self, saved: Saved) -> None:
        clock = f"{self.desk.now().astimezone(LONDON):%H:%M}"
        words = translate("FormPage", "{title} saved {clock} on this laptop")
        self.desk.say_saved(words.format(title=self.type.title, clock=clock), saved)

    def _failed(self, error: Exception) -> None:
        self._saving = False
        self._draft_timer.start()
        if isinstance(error, Refused):
            self._show_blocked(self.form.show_issues(error.issues))
            return
        self.desk.tasks.problem(error)

    @Slot()
    def _void(self) -> None:
        reason = self.footer.reason.text().strip()
        if not reason:
            self.footer.reason.setPlaceholderText(translate("FormPage", "Say why first, here"))
            focus_soon(self.footer.reason)
            return
        session, name, record = self.desk.session, self.type.name, self._record_id or ""
        self.desk.write(self, lambda: session.void(name, record, reason), self._voided)

    def _voided(self, _result: object) -> None:
        self._opened_with = self.form.value()
        self.desk.go(Place("list", type=self.type.name))
        self.desk.say(translate("FormPage", "Taken back. It stays readable, crossed out of every figure."))

    @Slot()
    def _erase(self) -> None:
        self.desk.go(Place("erase", type=self.type.name, id=self._record_id or ""))

    # Drafts

    def _dirty(self, payload: Payload) -> bool:
        return payload != self._opened_with

    @Slot()
    def _keep_draft(self) -> None:
        payload = self.form.value()
        if self._record_id is not None or self._saving or not self._dirty(payload):
            return
        session, name, focus, draft = self.desk.session, self.type.name, self.form.focus_name(), self._draft

        def work() -> None:
            draft.id = session.keep_draft(name, payload, focus, draft=draft.id)

        self.desk.write(self, work, self._draft_kept)

    def _draft_kept(self, _none: None) -> None:
        if not self._saving:
            self._show_draft_badge(self.desk.now().isoformat())

    def _show_draft_badge(self, moment: str) -> None:
        clock = f"{datetime.fromisoformat(moment).astimezone(LONDON):%H:%M}"
        words = translate("FormPage", "Draft kept {clock}").format(clock=clock)
        self._badge.show_words(words, icon="pencil-line", tone="info")
        self.desk.header_changed.emit()

    # Slots and marks

    @Slot()
    def _changed(self) -> None:
        self._after_edit()

    def _after_edit(self) -> None:
        if not self._saving:
            self._draft_timer.start()
        if self.type.person_field is not None:
            self.notices.follow(person_in(self.form.value(), self.type.person_field))
        self.index.refresh()

    def _show_blocked(self, blocked: Sequence[Question]) -> bool:
        """Count what stands in the way and go to the first; True when something does."""
        self._blocked = blocked
        self.footer.show_count(len(blocked))
        self._go_to_first()
        return bool(blocked)

    @Slot("QWidget*", "QWidget*")
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or not self.isAncestorOf(new):
            return
        question = self.form.question_of(new, inner=False)
        if question is not None:
            self.body.ensureWidgetVisible(question, 0, 12)
            self.body.ensureWidgetVisible(new, 0, 48)
            self.index.refresh()

    def next_section(self, step: int) -> None:
        """Go to the section after or before the one in focus."""
        focus = self.form.question_of(QApplication.focusWidget(), inner=False)
        place = next((n for n, one in enumerate(self.form.sections) if focus in one.questions), 0)
        self._go_to_section(max(0, min(place + step, len(self.form.sections) - 1)))

    @Slot(int)
    def _go_to_section(self, number: int) -> None:
        section = self.form.sections[number]
        asked = section.asked()
        if asked:
            self.body.ensureWidgetVisible(section.card, 0, 0)
            focus_soon(asked[0].first())

    @Slot()
    def _go_to_first(self) -> None:
        if self._blocked:
            focus_soon(self._blocked[0].first())

    @Slot()
    def _rest(self) -> None:
        self.refuse_rest()
