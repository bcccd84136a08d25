"""What a form starts with: the code lists of its day, the time, people by what is typed, records to point at.

Each form gets its own, so that a record type is read once for it, however many of its questions point there.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

from broker_desktop.ui.forms.editor import FormContext
from broker_desktop.ui.i18n import LONDON
from broker_desktop.ui.pages.page import Desk

_CHOICES: Final = 200
"""Records that a form offers to point at, the newest; a directory of a town fits."""


def form_context(desk: Desk) -> FormContext:
    """Build what editors may ask for from the desk."""
    session = desk.session

    @cache
    def choices_of(type_name: str) -> Sequence[tuple[str, str]]:
        found = session.records(type_name, limit=_CHOICES)
        return tuple((one.id, one.summary) for one in found if not one.voided)

    return FormContext(
        codes=session.codes.offered_on(desk.now().astimezone(LONDON).date()),
        now=desk.now,
        candidates=session.candidates,
        person_label=session.person_label,
        choices_of=choices_of,
    )
