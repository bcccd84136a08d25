from tests.hostile.test_canaries import *
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
from PySide6.QtWidgets import QApplication
def test_x(team, qtbot):
    with Hands(team.lead.environment, qtbot) as hands:
        hands.open_window()
        hands.unlock(PASSPHRASE)
        print("after unlock", QApplication.focusWidget(), hands.program.window.isActiveWindow())
        for way in ("go","keys"):
            for t in ("person","contact","session"):
                if way=="go": hands.workspace.go(Place("new", type=t))
                else:
                    hands.press(KEY.Key_K, CTRL); hands.letters("new "+{"person":"person","contact":"contact","session":"session"}[t]); hands.press(KEY.Key_Return)
                hands.idle()
                qtbot.wait(300)
                print(way,t, QApplication.focusWidget(), hands.program.window.isActiveWindow(), hands.form.questions[next(iter(hands.form.questions))].first(), hands.form.questions[next(iter(hands.form.questions))].first().isVisible())
                print(hands.program.window.focusWidget())
