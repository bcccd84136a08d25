"""From an empty laptop to a team of two, at the window and by keyboard alone: start a team, invite, join, compare."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import segno
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from broker_desktop.errors import BadInput
from broker_desktop.session import Environment, code_squares, typed_code
from broker_desktop.ui.pages.first_start import FirstStart
from broker_desktop.ui.pages.joins import JoinsPage
from broker_desktop.ui.widgets.button import Button
from broker_desktop.ui.widgets.invitation import CheckWords, CodePicture
from broker_desktop.ui.widgets.text import Label
from sync.crypto.invite import Invite, code_text, parse_code
from tests.common.vaults import HUB_URL, Service
from tests.common.windows import CTRL, Hands

PASSPHRASE = "lantern gravel otter mosaic"


def shown(hands: Hands) -> str:
    return "\n".join(one.text() for one in hands.program.window.findChildren(Label) if one.isVisible())


def press_button(hands: Hands, words: str) -> None:
    hands.tab_to(lambda focus: isinstance(focus, Button) and focus.text() == words)
    hands.press(Qt.Key.Key_Return)


def write(hands: Hands, name: str, words: str) -> None:
    hands.tab_to(lambda focus: isinstance(focus, QLineEdit) and focus.accessibleName() == name)
    hands.press(Qt.Key.Key_A, CTRL)
    hands.letters(words)


def write_passphrase(hands: Hands) -> None:
    write(hands, "A passphrase for this laptop", PASSPHRASE)
    write(hands, "The same again", PASSPHRASE)


def open_joins(hands: Hands) -> JoinsPage:
    hands.press(Qt.Key.Key_K, CTRL)
    hands.letters("who waits")
    hands.press(Qt.Key.Key_Return)
    hands.until(lambda: isinstance(hands.page, JoinsPage))
    hands.idle()
    page = hands.page
    assert isinstance(page, JoinsPage)
    return page


def only(parent: QWidget, kind: type[QWidget]) -> QWidget:
    (found,) = (one for one in parent.findChildren(kind) if one.isVisible())
    return found


def environment(service: Service, name: str) -> Environment:
    return service._laptop(name)[0]


def test_two_people_start_and_join_a_team_by_keyboard(tmp_path: Path, qtbot: QtBot, look: None) -> None:
    service = Service(tmp_path)
    van, office = environment(service, "van"), environment(service, "office")
    code = _start_a_team_and_invite(service, van, qtbot)
    words = _ask_to_join(office, qtbot, code)
    with Hands(van, qtbot) as hands:
        hands.open_window()
        hands.unlock(PASSPHRASE)
        page = open_joins(hands)
        assert "Wim Worker" in shown(hands)
        assert only(page, CheckWords).accessibleName() == words, "both screens show the same words"
        press_button(hands, "The words are the same: let them in")
        hands.until(lambda: "Nobody waits." in shown(hands))
    with Hands(office, qtbot) as hands:
        hands.open_window()
        hands.unlock(PASSPHRASE)
        hands.until(lambda: hands.workspace.desk.session.seat.joined)
        hands.idle()
        assert hands.workspace.desk.session.seat.person == "Wim Worker"


def _start_a_team_and_invite(service: Service, van: Environment, qtbot: QtBot) -> str:
    with Hands(van, qtbot) as hands:
        hands.open_window()
        hands.press(Qt.Key.Key_2)
        write(hands, "Address of the server", HUB_URL)
        write(hands, "Token from whoever runs the server", service.hub.issue_token())
        write(hands, "Name of the team", "Harbour")
        write(hands, "Your name in the team", "Lee Lead")
        write_passphrase(hands)
        press_button(hands, "Start the team")
        hands.until(lambda: "two halves for two people" in shown(hands))
        press_button(hands, "Skip the check…")
        press_button(hands, "Go on without")
        hands.unlock(PASSPHRASE)
        page = open_joins(hands)
        write(hands, "Their name in the team", "Wim Worker")
        press_button(hands, "Make an invitation")
        hands.until(lambda: page.findChildren(CodePicture))
        (code,) = (line.replace(" ", "") for line in shown(hands).splitlines() if line.startswith("NX1-"))
        secret, address = parse_code(code)
        assert address == HUB_URL
        assert Invite(secret).words() in shown(hands)
        assert read_picture(only(page, CodePicture)) == squares_of(code)
    return code


def _ask_to_join(office: Environment, qtbot: QtBot, code: str) -> str:
    secret, address = parse_code(code)
    with Hands(office, qtbot) as hands:
        hands.open_window()
        hands.press(Qt.Key.Key_1)
        write(hands, "The code your team lead gave you, or its twelve words", Invite(secret).words())
        write_passphrase(hands)
        press_button(hands, "Ask to join")
        hands.until(lambda: "the address of the server is needed too" in shown(hands))
        write(hands, "Address of the server, only with the twelve words", address)
        press_button(hands, "Ask to join")
        gate = hands.program.window.centralWidget()
        assert isinstance(gate, FirstStart)
        hands.until(lambda: gate.findChildren(CheckWords))
        words = only(gate, CheckWords).accessibleName()
        assert len(words.split()) == 5
        press_button(hands, "Go to unlock")
        hands.unlock(PASSPHRASE)
        assert not hands.workspace.desk.session.seat.joined, "nobody has compared the words"
    return words


def read_picture(picture: QWidget) -> list[list[bool]]:
    """Read the squares of a painted code from its pixels, quiet zone and all."""
    QApplication.processEvents()
    image = picture.grab().toImage()
    count = len(squares_of(_code_of(picture)))
    step = image.width() / count
    return [
        [image.pixelColor(int((x + 0.5) * step), int((y + 0.5) * step)).lightness() < 128 for x in range(count)]
        for y in range(count)
    ]


def _code_of(picture: QWidget) -> str:
    labels = picture.window().findChildren(Label)
    (code,) = (one.text().replace(" ", "") for one in labels if one.isVisible() and one.text().startswith("NX1-"))
    return code


def squares_of(code: str) -> list[list[bool]]:
    """Give what the library itself would draw, with its quiet zone."""
    rows: Sequence[bytearray] = list(segno.make_qr(code, error="m").matrix_iter(border=4))  # type: ignore[arg-type]
    return [[bool(square) for square in line] for line in rows]


def test_a_code_can_be_typed_as_words_and_fits_a_coarse_picture() -> None:
    secret = bytes(range(16))
    code = code_text(secret, "https://hub.example.org")
    assert typed_code(f"  {code} ", "") == code
    assert typed_code(Invite(secret).words().upper(), "https://hub.example.org/") == code
    with pytest.raises(BadInput):
        typed_code(Invite(secret).words().replace(" ", " zoo ", 1), "https://hub.example.org")
    with pytest.raises(BadInput):
        typed_code(Invite(secret).words(), "https://")
    assert len(code_squares(code)) <= 41
