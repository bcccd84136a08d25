"""Parts of a form page: the index of sections, the footer that never scrolls away, what happened to a record."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.record_type import RecordType
from broker_desktop.session.views import Payload, RecordView, Saved
from broker_desktop.ui import accessibility
from broker_desktop.ui.forms.boxes import LineBox, ListBox
from broker_desktop.ui.forms.form import Form
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Footer, Place
from broker_desktop.ui.theme import look
from broker_desktop.ui.widgets.boxes import SoftBox, row
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.marks import CustodyMark, Keycap
from broker_desktop.ui.widgets.text import IconLabel, Label, Paragraph

INDEX_WIDTH = 216


class SectionIndex(QWidget):
    """Sections at the left with what is left in each; `list` is the same as a list box for narrow windows."""

    picked = Signal(int)

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form
        self._buttons: list[Button] = []
        self.list = ListBox([], empty=None)
        self.list.setAccessibleName(translate("FormPage", "Sections"))
        self.list.activated.connect(self._listed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(look().space(4))
        layout.addWidget(Label(translate("FormPage", "Sections"), role="smallstrong", tone="muted"))
        for number, section in enumerate(form.sections):
            button = Button(section.title, kind="section", icon="circle-dashed", checkable=True)
            button.setProperty("section", number)
            button.clicked.connect(self._pressed)
            self._buttons.append(button)
            layout.addWidget(button)
            self.list.addItem(section.title, str(number))
        layout.addSpacing(24)
        layout.addWidget(_refusal_help())
        self.list.hide()  # set_narrow decides, once the page has taken both in

    def set_narrow(self, narrow: bool) -> None:
        """Be a list box, or the index at the left."""
        several = len(self._form.sections) > 1
        self.setFixedWidth(look().letters(INDEX_WIDTH))
        self.setVisible(several and not narrow)
        self.list.setVisible(several and narrow)

    def refresh(self) -> None:
        """Show what is left and what is to mend."""
        focus = self._form.question_of(QApplication.focusWidget(), inner=False)
        for number, section in enumerate(self._form.sections):
            button = self._buttons[number]
            button.setVisible(bool(section.asked()))
            mend, left = section.to_mend(), section.left()
            done = ("circle-check", "ok") if not left else ("circle-dashed", "")
            button.set_icon(*(("circle-alert", "danger") if mend else done))
            told = translate("FormPage", "{n} to mend") if mend else translate("FormPage", "{n} left")
            button.set_note(told.format(n=mend or left) if mend or left else "")
            button.setChecked(focus is not None and focus in section.questions)
            words = translate("FormPage", "{n} of {all}: {title}")
            text = words.format(n=number + 1, all=len(self._form.sections), title=section.title)
            self.list.setItemText(number, text)

    @Slot()
    def _pressed(self) -> None:
        self.picked.emit(int(self.sender().property("section")))

    @Slot(int)
    def _listed(self, number: int) -> None:
        self.picked.emit(number)


class FormFooter(Footer):
    """Refuse the rest, what needs mending, why it is changed, save and next, save."""

    def __init__(self) -> None:
        super().__init__()
        self.rest = Button(translate("FormPage", "Rest: not saying"), kind="refusal", icon="hand", key="Shift+F8")
        self.go = Button(translate("FormPage", "Go to it"), kind="quiet")
        self.next = Button(translate("FormPage", "Save and next"), icon="arrow-right", key="Ctrl+Enter")
        self.save = Button(translate("FormPage", "Save"), kind="primary", icon="check", key="Ctrl+S")
        self.reason = LineBox()
        self.reason.setPlaceholderText(translate("FormPage", "Why is it changed?"))
        self.reason.setAccessibleName(translate("FormPage", "Why is it changed?"))
        self.reason.setMaximumWidth(look().letters(220))
        self.reason.hide()
        self._count = Label("", role="smallstrong", tone="danger")
        self._icon = IconLabel("circle-alert", token="danger", size=18)
        self.line.addWidget(self.rest)
        self.line.addStretch(1)
        for part in (self._icon, self._count, self.go, self.reason, self.next, self.save):
            self.line.addWidget(part)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Say how many answers need mending, also to a screen reader."""
        for part in (self._count, self._icon, self.go):
            part.setVisible(count > 0)
        if count:
            one = translate("FormPage", "1 answer needs mending")
            many = translate("FormPage", "{n} answers need mending").format(n=count)
            self._count.setText(one if count == 1 else many)
            accessibility.announce(self._count, self._count.text())

    def count_text(self) -> str:
        """Return what is said about answers to mend."""
        return "" if self._count.isHidden() else self._count.text()


class RecordHistory(SoftBox):
    """Where a record is, who wrote it, what was changed since and why."""

    void_wanted = Signal()
    erase_wanted = Signal()

    def __init__(self, *, for_lead: bool = False) -> None:
        super().__init__(padding=16)
        self._for_lead = for_lead
        self.hide()

    def show_record(self, view: RecordView, declared: RecordType, codes: CodeLists) -> None:
        """Show what happened to a record."""
        self.empty()
        by = translate("FormPage", "Recorded by {who}").format(who=view.recorded_by_name)
        self.add(row(CustodyMark(view.custody), Label(by, role="small", tone="muted"), "stretch", gap=16))
        for correction in view.corrections:
            field = declared.by_name.get(correction.field)
            label = correction.field if field is None else field.label
            old = "" if field is None else field.text(correction.old, codes)
            words = translate("FormPage", "{label} was: {old}. {reason}")
            text = words.format(label=label, old=old or "–", reason=correction.reason)
            self.add(Paragraph(text, role="small"))
        if view.voided is not None:
            taken = translate("FormPage", "Taken back: {reason}").format(reason=view.voided)
            self.add(Label(taken, role="strong", tone="warn"))
        else:
            void = Button(translate("FormPage", "Take this record back…"), kind="quiet", icon="ban")
            void.clicked.connect(self._void)
            self.body.addWidget(void, 0, Qt.AlignmentFlag.AlignLeft)
        if self._for_lead:
            erase = Button(translate("FormPage", "Erase for ever…"), kind="quiet", icon="shield")
            erase.clicked.connect(self._erase)
            self.body.addWidget(erase, 0, Qt.AlignmentFlag.AlignLeft)
        self.show()

    @Slot()
    def _void(self) -> None:
        self.void_wanted.emit()

    @Slot()
    def _erase(self) -> None:
        self.erase_wanted.emit()


def _refusal_help() -> QWidget:
    box = SoftBox(padding=12, gap=6)
    box.add(
        Paragraph(translate("FormPage", "Any answer can be refused"), role="strong"),
        Paragraph(translate("FormPage", "One key, always the same. Help is given just the same."), role="small"),
        row(Keycap("F8"), Label(translate("FormPage", "this question"), role="small"), "stretch", gap=6),
        row(Keycap("Shift+F8"), Label(translate("FormPage", "all that are left"), role="small"), "stretch", gap=6),
    )
    return box


def next_form(kind: RecordType, payload: Payload, saved: Saved) -> Place | None:
    """Give the form that a new record opens, such as the naloxone supply of a visit; None where there is none."""
    following = kind.opened_next(payload, saved.id) if saved.created else None
    return None if following is None else Place("new", type=following[0], payload=following[1])
