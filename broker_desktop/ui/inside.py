"""The unlocked half of the window. It brings every page and record type, so it is loaded when somebody unlocks.

Makes the workspace of a session with its menus, and takes up what the lock left behind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from broker_desktop.session import Session
from broker_desktop.session.views import Draft
from broker_desktop.ui.i18n import LONDON, moment_text, translate
from broker_desktop.ui.pages.page import Place, draft_place, read_locked_focus
from broker_desktop.ui.shell import Workspace
from broker_desktop.ui.shell_menus import WindowActions, build_menus
from broker_desktop.ui.window import Window


@dataclass(frozen=True, slots=True)
class Acts:
    """What the unlocked half asks of the program."""

    lock: Callable[[], None]
    hand_over: Callable[[], None]
    look: Callable[[str, int], None]
    quit: Callable[[], None]


def furnish(window: Window, session: Session, now: Callable[[], datetime], acts: Acts) -> Workspace:
    """Show an open vault: Today, and over it the form that a lock kept, or the news that a form waits."""
    workspace = Workspace(session, now, window)
    workspace.lock_wanted.connect(acts.lock)
    workspace.hand_over_wanted.connect(acts.hand_over)
    workspace.look_wanted.connect(acts.look)
    workspace.pictures_wanted.connect(window.allow_pictures)
    actions = WindowActions(workspace, acts.look, acts.lock, acts.hand_over, acts.quit)
    window.show_workspace(workspace, lambda bar: build_menus(bar, actions))
    workspace.go(Place("today"))

    def take_up(drafts: Sequence[Draft]) -> None:
        if drafts:
            _take_up(workspace, drafts[0])

    workspace.desk.read(workspace, session.drafts, take_up)
    return workspace


def _take_up(workspace: Workspace, newest: Draft) -> None:
    if read_locked_focus(newest.focus) is not None:
        workspace.go(draft_place(newest))
        return
    today = workspace.desk.now().astimezone(LONDON).date()
    words = translate("App", "A form from {when} was not finished. It is kept; Today shows it.")
    workspace.desk.say(words.format(when=moment_text(newest.saved_at, today)), tone="info")
