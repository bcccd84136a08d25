"""Crossing from other threads: nothing is lost, order holds, states coalesce, owners that are gone get nothing."""

import threading
from dataclasses import dataclass

import pytest
import shiboken6
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from broker_desktop.ui.bridge import Bridge
from broker_desktop.ui.tasks import READ, WRITE, Tasks


class Bell(QObject):
    rung = Signal()
    flagged = Signal(bool)


@dataclass(frozen=True)
class State:
    number: int


def test_five_thousand_emits_do_not_abort(qtbot: QtBot) -> None:
    # PySide6 6.12 on Python 3.11 loses a reference to True at every emit and aborts after about 580 (platform.md 2).
    bell = Bell()
    heard: list[bool] = []
    bell.flagged.connect(heard.append)
    for _ in range(5_000):
        bell.rung.emit()
        bell.flagged.emit(True)
    assert len(heard) == 5_000


def test_events_of_four_threads_arrive_here_in_the_order_of_each(qtbot: QtBot) -> None:
    bridge = Bridge()
    here = threading.get_ident()
    heard: list[tuple[int, int]] = []
    threads_seen: set[int] = set()

    def listen(event: object) -> None:
        assert isinstance(event, tuple)
        threads_seen.add(threading.get_ident())
        heard.append(event)

    bridge.listen(listen)
    workers = [
        threading.Thread(target=lambda name=name: [bridge.post((name, n)) for n in range(250)]) for name in range(4)
    ]
    for worker in workers:
        worker.start()
    qtbot.waitUntil(lambda: len(heard) == 1_000)
    assert threads_seen == {here}
    for name in range(4):
        assert [n for who, n in heard if who == name] == list(range(250))


def test_only_the_newest_state_is_delivered(qtbot: QtBot) -> None:
    bridge = Bridge(latest_only=(State,))
    heard: list[object] = []
    bridge.listen(heard.append)
    for number in range(100):
        bridge.post(State(number))
    bridge.post("saved")
    qtbot.waitUntil(lambda: "saved" in heard)
    assert heard == [State(99), "saved"]


def test_a_listener_that_stopped_hears_nothing(qtbot: QtBot) -> None:
    bridge = Bridge()
    first: list[object] = []
    second: list[object] = []
    stop = bridge.listen(first.append)
    bridge.listen(second.append)
    stop()
    bridge.post(1)
    qtbot.waitUntil(lambda: second == [1])
    assert first == []


def test_a_result_comes_back_on_this_thread(qtbot: QtBot) -> None:
    tasks = Tasks(problem=pytest.fail)
    owner = QObject()
    results: list[tuple[int, int]] = []
    tasks.run(owner, threading.get_ident, lambda worker: results.append((worker, threading.get_ident())))
    qtbot.waitUntil(lambda: tasks.idle)
    tasks.close()
    ((worker, home),) = results
    assert home == threading.get_ident()
    assert worker != home


def test_a_failure_reaches_who_asked_or_the_place_for_problems(qtbot: QtBot) -> None:
    problems: list[Exception] = []
    asked: list[Exception] = []
    tasks = Tasks(problem=problems.append)
    owner = QObject()

    def fail() -> None:
        raise ValueError("x")

    tasks.run(owner, fail, pytest.fail)
    tasks.run(owner, fail, pytest.fail, asked.append)
    qtbot.waitUntil(lambda: tasks.idle)
    tasks.close()
    assert [type(error) for error in problems] == [ValueError]
    assert [type(error) for error in asked] == [ValueError]


def test_a_result_whose_owner_is_gone_is_dropped(qtbot: QtBot) -> None:
    tasks = Tasks(problem=pytest.fail)
    owner = QObject()
    go = threading.Event()
    results: list[bool] = []
    tasks.run(owner, lambda: go.wait(5), results.append)
    shiboken6.delete(owner)
    go.set()
    qtbot.waitUntil(lambda: tasks.idle)
    tasks.close()
    assert results == []


def test_only_a_write_that_failed_is_told_when_its_owner_is_gone(qtbot: QtBot) -> None:
    lost: list[Exception] = []
    tasks = Tasks(problem=pytest.fail, lost=lost.append)
    go = threading.Event()

    def fail() -> None:
        go.wait(5)
        raise ValueError("x")

    for lane in (READ, WRITE):
        owner = QObject()
        tasks.run(owner, fail, pytest.fail, pytest.fail, lane=lane)
        shiboken6.delete(owner)
    go.set()
    qtbot.waitUntil(lambda: tasks.idle)
    tasks.close()
    assert [type(error) for error in lost] == [ValueError]
