"""The footer of pages that write files: how far the file is, and how to stop it. Seen only while one is written."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from broker_desktop.ui import accessibility
from broker_desktop.ui.i18n import translate
from broker_desktop.ui.pages.page import Footer, Page
from broker_desktop.ui.widgets.bars import ProgressLine
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.text import Elided, IconLabel, Label


class WritingFooter(Footer):
    """One line: what is written, a bar, per cent, Stop."""

    def __init__(self, page: Page, back: Callable[[], QWidget]) -> None:
        """Put it under a page; `back` gives what takes the focus that Stop had, once it is gone."""
        super().__init__()
        self._files, self._back = page.desk.files, back
        self.words = Elided("", role="strong")
        self.bar = ProgressLine()
        self.percent = Label("", role="strong")
        self.stop = Button(translate("FileWriting", "Stop"), icon="x", key=translate("FileWriting", "Esc"))
        self.stop.clicked.connect(self._stop)
        self.line.addWidget(IconLabel("download"))
        self.line.addWidget(self.words, 2)
        self.line.addWidget(self.bar, 1)
        self.line.addWidget(self.percent)
        self.line.addWidget(self.stop)
        self.hide()
        page.set_footer(self)
        self._files.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        files, new = self._files, self.isHidden()
        if not files.under_way:
            if self.stop.hasFocus():
                self._back().setFocus()
            self.hide()
            return
        words = translate("FileWriting", "Stopping…") if files.stopping else self._words()
        percent = f"{int(files.share * 100)} %"
        self.words.setText(words)
        self.percent.setText(percent)
        self.bar.show_share(files.share)
        self.bar.setAccessibleName(f"{words}: {percent}")
        self.setAccessibleName(f"{words}: {percent}")
        self.show()
        if new:
            accessibility.announce(self, translate("FileWriting", "{what}. Esc stops it.").format(what=words))

    def _words(self) -> str:
        return translate("FileWriting", "Writing {name}").format(name=self._files.name)

    @Slot()
    def _stop(self) -> None:
        self._files.stop()
