"""The form of any record type: new, changed, or taken up again from a draft.

It keeps a draft after each answer, shows what the session says is wrong, and saves. Everything about the subject
comes from the declaration.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from broker_desktop.records import record_type
from broker_desktop.records.field import Moment
from broker_desktop.records.rules import Issue
from broker_desktop.session import Refused
from broker_desktop.session.views import Draft, RecordView, Saved
from broker_desktop.ui import accessibility
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.forms.editor import FormContext
from broker_desktop.ui.forms.form import Form, Payload
from broker_desktop.ui.forms.question import Question
from broker_desktop.ui.i18n import LONDON, long_day, translate
from broker_desktop.ui.pages.page import Desk, Footer, Page, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import SoftBox, column, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import Badge, CustodyMark, Keycap
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

DRAFT_AFTER_MS: Final = 1500
INDEX_WIDTH: Final = 196


def form_context(desk: Desk) -> FormContext:
    """Build what editors may ask for from the desk."""
    session = desk.session

    def choices_of(type_name: str) -> Sequence[tuple[str, str]]:
        return [(one.id, one.summary) for one in session.records(type_name, limit=30) if not one.voided]

    return FormContext(
        codes=session.codes,
        now=desk.now,
        candidates=session.candidates,
        person_label=session.person_label,
        choices_of=choices_of,
    )


class FormPage(Page):
    """One form, from arrival to save."""

    def __init__(self, desk: Desk, type_name: str) -> None:
        super().__init__(desk)
        self.type = record_type(type_name)
        self.rail_place = f"list:{type_name}"
        self._record_id: str | None = None
        self._draft_id: str | None = None
        self._first = Place("")
        self._saving = False
        self.form = Form(self.type, form_context(desk), self._check)
        self.form.changed.connect(self._changed)
        self._badge = Badge("", icon="pencil-line", tone="info")
        self._badge.hide()
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_AFTER_MS)
        self._draft_timer.timeout.connect(self._keep_draft)
        self._index = QWidget()
        self._index_buttons: list[Button] = []
        self._section_list = ListBox([])
        self._section_list.activated.connect(self._section_picked)
        self._reason = LineBox()
        self._history = SoftBox(padding=16)
        self._history.hide()
        self._build()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

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
        """Return the draft badge."""
        return [self._badge]

    def arrive(self, place: Place) -> None:
        """Start a new form, open a record, or carry on with a draft."""
        self._first = place
        if place.page == "edit" and place.id:
            self.desk.read(self, lambda: self.desk.session.record(self.type.name, place.id), self._open)
        elif place.draft:
            self.desk.read(self, self.desk.session.drafts, self._take_draft)
        else:
            self._start(place.payload or {})

    def leave(self) -> None:
        """Park what is unfinished as a draft; never ask."""
        if self._draft_timer.isActive():
            self._draft_timer.stop()
            self._keep_draft()

    def keep(self) -> None:
        """Keep the draft now, in this thread: the vault is about to be locked."""
        payload = self.form.value()
        if self._dirty(payload):
            focus = self.form.focus_name()
            self._draft_id = self.desk.session.keep_draft(self.type.name, payload, focus, draft=self._draft_id)

    def refuse(self) -> str:
        """Refuse the question in focus."""
        words = self.form.refuse_focused()
        self._after_edit()
        return words

    def refuse_rest(self) -> None:
        """Refuse all that is left and go to Save."""
        self.form.refuse_rest()
        self._after_edit()
        self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def escape(self) -> bool:
        """Park the form as a draft and go back to the list."""
        if self._dirty(self.form.value()):
            self._keep_draft()
            self.desk.say(translate("FormPage", "Kept as a draft. It waits on Today."))
        self.desk.go(Place("list", type=self.type.name))
        return True

    def set_compact(self, compact: bool) -> None:
        """Turn the section index into a list box in small windows and with large text."""
        super().set_compact(compact)
        large = look().percent >= 150
        narrow = compact or large
        self._index.setVisible(not narrow and len(self.form.sections) > 1)
        self._section_list.setVisible(narrow and len(self.form.sections) > 1)
        self.next_button.setVisible(not large)
        self.form.set_paired(not large)

    # Building

    def _build(self) -> None:
        across = QHBoxLayout()
        across.setSpacing(look().space(16))
        across.addWidget(self._index, 0, Qt.AlignmentFlag.AlignTop)
        middle = column(self._section_list, self.form, self._history, gap=12)
        middle.addStretch(1)
        across.addLayout(middle, 1)
        self.column.addLayout(across)
        self._build_index()
        self.set_footer(self._footer())

    def _build_index(self) -> None:
        self._index.setFixedWidth(look().letters(INDEX_WIDTH))
        layout = QVBoxLayout(self._index)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(look().space(4))
        layout.addWidget(Label(translate("FormPage", "Sections"), role="smallstrong", tone="muted"))
        for number, section in enumerate(self.form.sections):
            button = Button(section.title, kind="section", icon="circle-dashed", checkable=True)
            button.setProperty("section", number)
            button.clicked.connect(self._section_pressed)
            self._index_buttons.append(button)
            layout.addWidget(button)
            self._section_list.addItem(section.title, str(number))
        self._section_list.removeItem(0)
        layout.addSpacing(24)
        layout.addWidget(_refusal_help())

    def _footer(self) -> QWidget:
        footer = Footer()
        self.rest_button = Button(
            translate("FormPage", "Rest: not saying"), kind="refusal", icon="hand", key="Shift+F8"
        )
        self.rest_button.clicked.connect(self._rest)
        self._count = Label("", role="smallstrong", tone="danger")
        self._count_icon = IconLabel("circle-alert", token="danger", size=18)
        self.go_button = Button(translate("FormPage", "Go to it"), kind="quiet")
        self.go_button.clicked.connect(self._go_to_first)
        self.next_button = Button(translate("FormPage", "Save and next"), icon="arrow-right", key="Ctrl+Enter")
        self.next_button.clicked.connect(self.save_and_next)
        self.save_button = Button(translate("FormPage", "Save"), kind="primary", icon="check", key="Ctrl+S")
        self.save_button.clicked.connect(self.save)
        self._reason.setPlaceholderText(translate("FormPage", "Why is it changed?"))
        self._reason.setAccessibleName(translate("FormPage", "Why is it changed?"))
        self._reason.hide()
        for part in (self.rest_button,):
            footer.line.addWidget(part)
        footer.line.addStretch(1)
        for part in (self._count_icon, self._count, self.go_button, self._reason, self.next_button, self.save_button):
            footer.line.addWidget(part)
        self._show_count([])
        return footer

    # Opening

    def _start(self, payload: Payload) -> None:
        self._record_id, self._draft_id = None, None
        filled = dict(payload)
        event = self.type.by_name.get(self.type.event_field or "")
        if event is not None and event.name not in filled:
            now = self.desk.now().astimezone(LONDON)
            filled[event.name] = _moment(now) if isinstance(event, Moment) else now.date().isoformat()
        self._fill(filled, self._first.focus)

    def _open(self, view: RecordView) -> None:
        self._record_id = view.id
        self._draft_id = None
        self._reason.show()
        self._fill(view.payload, self._first.focus)
        self._show_history(view)
        self.desk.header_changed.emit()

    def _take_draft(self, drafts: Sequence[Draft]) -> None:
        found = next((draft for draft in drafts if draft.id == self._first.draft), None)
        if found is None:
            self._start({})
            return
        self._draft_id = found.id
        self._record_id = None
        self._fill(found.payload, found.focus)
        self._show_draft_badge(found.saved_at)

    def _fill(self, payload: Payload, focus: str) -> None:
        with QSignalBlocker(self.form):
            self.form.set_value(payload)
        self._opened_with = self.form.value()
        self._draft_timer.stop()
        self._show_index()
        self._show_count([])
        self.form.focus_on(focus)

    def _show_history(self, view: RecordView) -> None:
        self._history.empty()
        by = translate("FormPage", "Recorded by {who}").format(who=view.recorded_by_name)
        self._history.add(row(CustodyMark(view.custody), Label(by, role="small", tone="muted"), "stretch", gap=16))
        if view.voided is not None:
            void = translate("FormPage", "Taken back: {reason}").format(reason=view.voided)
            self._history.add(Label(void, role="strong", tone="warn"))
        for correction in view.corrections:
            field = self.type.by_name.get(correction.field)
            label = correction.field if field is None else field.label
            old = "" if field is None else field.text(correction.old, self.desk.session.codes)
            words = translate("FormPage", "{label} was: {old}. {reason}").format(
                label=label, old=old or "–", reason=correction.reason
            )
            self._history.add(Paragraph(words, role="small"))
        if view.voided is None:
            void_button = Button(translate("FormPage", "Take this record back…"), kind="quiet", icon="ban")
            void_button.clicked.connect(self._void)
            self._history.body.addWidget(void_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._history.show()

    # Saving

    def _check(self, payload: Payload) -> Sequence[Issue]:
        return self.desk.session.check(self.type.name, payload)

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
        blocked = self.form.show_issues(self.form.issues())
        self._show_count(blocked)
        if blocked:
            self._go_to_first()
            return
        payload, record, draft = self.form.value(), self._record_id, self._draft_id
        reason = self._reason.text().strip() or None
        session, name = self.desk.session, self.type.name
        self._saving = True
        self._draft_timer.stop()

        def work() -> Saved:
            return session.save(name, payload, record_id=record, reason=reason, draft=draft)

        self.desk.write(self, work, self._saved_next if then_next else self._saved, self._failed)

    def _saved(self, saved: Saved) -> None:
        self._after_save(saved)
        self.desk.go(Place("list", type=self.type.name, focus=saved.id))
        self._say_saved(saved)

    def _saved_next(self, saved: Saved) -> None:
        self._after_save(saved)
        self._first = Place("new", type=self.type.name)
        self._start({})
        self._say_saved(saved)

    def _after_save(self, saved: Saved) -> None:
        self._saving = False
        self._draft_id = None
        self._badge.hide()
        self._opened_with = self.form.value()

    def _say_saved(self, saved: Saved) -> None:
        clock = f"{self.desk.now().astimezone(LONDON):%H:%M}"
        words = translate("FormPage", "{title} saved {clock} on this laptop").format(title=self.type.title, clock=clock)
        session, desk = self.desk.session, self.desk

        def undo() -> None:
            desk.write(desk, lambda: session.undo(saved), lambda _none: desk.say(translate("FormPage", "Undone.")))

        self.desk.say(words, undo=undo)

    def _failed(self, error: Exception) -> None:
        self._saving = False
        if isinstance(error, Refused):
            blocked = self.form.show_issues(error.issues)
            self._show_count(blocked)
            self._go_to_first()
            return
        self._keep_quietly()
        self.desk.tasks.problem(error)

    @Slot()
    def _void(self) -> None:
        reason = self._reason.text().strip()
        if not reason:
            self._reason.setPlaceholderText(translate("FormPage", "Say why first, here"))
            self._reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        session, name, record = self.desk.session, self.type.name, self._record_id or ""
        self.desk.write(self, lambda: session.void(name, record, reason), self._voided)

    def _voided(self, _result: object) -> None:
        self.desk.go(Place("list", type=self.type.name))
        self.desk.say(translate("FormPage", "Taken back. It stays readable, crossed out of every figure."))

    # Drafts

    def _dirty(self, payload: Payload) -> bool:
        return payload != getattr(self, "_opened_with", payload)

    @Slot()
    def _keep_draft(self) -> None:
        payload = self.form.value()
        if self._record_id is not None or not self._dirty(payload):
            return
        session, name, focus, draft = self.desk.session, self.type.name, self.form.focus_name(), self._draft_id
        self.desk.write(self, lambda: session.keep_draft(name, payload, focus, draft=draft), self._draft_kept)

    def _keep_quietly(self) -> None:
        self._draft_timer.start()

    def _draft_kept(self, draft_id: str) -> None:
        if not self._saving:
            self._draft_id = draft_id
            self._show_draft_badge(self.desk.now().isoformat())

    def _show_draft_badge(self, moment: str) -> None:
        clock = f"{datetime.fromisoformat(moment).astimezone(LONDON):%H:%M}"
        words = translate("FormPage", "Draft kept {clock}").format(clock=clock)
        self._badge.show_words(words, icon="pencil-line", tone="info")
        self._badge.show()

    # Slots and marks

    @Slot()
    def _changed(self) -> None:
        self._after_edit()

    def _after_edit(self) -> None:
        if not self._saving:
            self._draft_timer.start()
        self._show_index()

    def _show_count(self, blocked: Sequence[Question]) -> None:
        self._blocked = blocked
        shown = bool(blocked)
        for part in (self._count, self._count_icon, self.go_button):
            part.setVisible(shown)
        if shown:
            one = translate("FormPage", "1 answer needs mending")
            many = translate("FormPage", "{n} answers need mending").format(n=len(blocked))
            self._count.setText(one if len(blocked) == 1 else many)
            accessibility.announce(self._count, self._count.text())

    def _show_index(self) -> None:
        focus = self.form.question_of(QApplication.focusWidget(), inner=False)
        for number, section in enumerate(self.form.sections):
            button = self._index_buttons[number]
            mend, left = section.to_mend(), section.left()
            icon, token = ("circle-alert", "danger") if mend else ("circle-dashed", "") if left else ("circle-check", "ok")
            button.set_icon(icon, token)
            if mend:
                button.set_note(translate("FormPage", "{n} to mend").format(n=mend))
            else:
                button.set_note(translate("FormPage", "{n} left").format(n=left) if left else "")
            button.setChecked(focus is not None and focus in section.questions)
            words = translate("FormPage", "{n} of {all}: {title}").format(
                n=number + 1, all=len(self.form.sections), title=section.title
            )
            self._section_list.setItemText(number, words)

    @Slot("QWidget*", "QWidget*")
    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or not self.isAncestorOf(new):
            return
        question = self.form.question_of(new, inner=False)
        if question is not None:
            if not self.body.viewport().rect().contains(new.mapTo(self.body.viewport(), new.rect().bottomLeft())):
                self.body.ensureWidgetVisible(question, 0, 24)
            self.body.ensureWidgetVisible(new, 0, 48)
            self._show_index()

    @Slot()
    def _section_pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._go_to_section(int(sender.property("section")))

    @Slot(int)
    def _section_picked(self, number: int) -> None:
        self._go_to_section(number)

    def next_section(self, step: int) -> None:
        """Go to the section after or before the one in focus."""
        focus = self.form.question_of(QApplication.focusWidget(), inner=False)
        place = next((n for n, one in enumerate(self.form.sections) if focus in one.questions), 0)
        self._go_to_section(max(0, min(place + step, len(self.form.sections) - 1)))

    def _go_to_section(self, number: int) -> None:
        section = self.form.sections[number]
        asked: list[Any] = list(section.asked())
        if asked:
            self.body.ensureWidgetVisible(section.card, 0, 0)
            asked[0].first().setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _go_to_first(self) -> None:
        if self._blocked:
            self._blocked[0].first().setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _rest(self) -> None:
        self.refuse_rest()


def _refusal_help() -> QWidget:
    box = SoftBox(padding=12, gap=6)
    box.add(
        Paragraph(translate("FormPage", "Any answer can be refused"), role="strong"),
        Paragraph(translate("FormPage", "One key, always the same. Help is given just the same."), role="small"),
        row(Keycap("F8"), Label(translate("FormPage", "this question"), role="small"), "stretch", gap=6),
        row(Keycap("Shift+F8"), Label(translate("FormPage", "all that are left"), role="small"), "stretch", gap=6),
    )
    return box


def _moment(now: datetime) -> str:
    return now.isoformat(timespec="minutes")
