"""Lock events of Linux on a real D-Bus: what locks, what does not, and who waits for whom before a sleep."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_desktop.platform.lock_events import LockEvent, LockEvents, watch_lock_events
from tests.common.buses import LOGIN, POWER, SESSION_PATH, Desktop, bus

MANAGER_PATH = "/org/freedesktop/login1"
PATIENCE_S = 60
Heard = queue.Queue[LockEvent]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One bus serves as the bus of the system and as that of the session."""
    with bus(tmp_path_factory.mktemp("bus"), "socket") as found:
        yield found


@pytest.fixture
def desktop(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.setenv("XDG_SESSION_ID", "c7")
    with Desktop(address) as found:
        yield found


@pytest.fixture
def heard() -> Heard:
    return queue.Queue()


@pytest.fixture
def watch(desktop: Desktop, heard: Heard) -> Iterator[LockEvents]:
    found = listening(desktop, heard)
    yield found
    found.close()


def listening(desktop: Desktop, heard: Heard) -> LockEvents:
    """Give a watch that listens on both buses."""
    watch = watch_lock_events(heard.put)
    desktop.wait_for_delay()
    desktop.wait_for_listener("type='signal',interface='org.xfce.ScreenSaver',member='ActiveChanged'")
    return watch


def test_sleep_is_told_and_waits_until_the_watch_is_closed(desktop: Desktop, watch: LockEvents, heard: Heard) -> None:
    assert desktop.asked == [("sleep", "Broker Desktop", "Closes the vault first", "delay")]
    desktop.emit(MANAGER_PATH, f"{LOGIN}.Manager", "PrepareForSleep", "b", True)
    assert heard.get(timeout=PATIENCE_S) is LockEvent.SLEEP
    assert not desktop.released(), "the laptop sleeps once the vault is closed, not before"
    watch.close()
    assert desktop.released(PATIENCE_S)
    watch.close()


def test_each_signal_that_locks_is_told_in_its_own_word(desktop: Desktop, watch: LockEvents, heard: Heard) -> None:
    desktop.emit(SESSION_PATH, f"{LOGIN}.Session", "Lock", "")
    assert heard.get(timeout=PATIENCE_S) is LockEvent.SESSION_LOCKED
    desktop.changed(SESSION_PATH, f"{LOGIN}.Session", "LockedHint", True)
    assert heard.get(timeout=PATIENCE_S) is LockEvent.SESSION_LOCKED
    desktop.changed(SESSION_PATH, f"{LOGIN}.Session", "Active", False)
    assert heard.get(timeout=PATIENCE_S) is LockEvent.USER_SWITCHED
    desktop.changed("/org/freedesktop/UPower", POWER, "LidIsClosed", True)
    assert heard.get(timeout=PATIENCE_S) is LockEvent.LID_CLOSED
    for name in ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"):
        desktop.emit("/org/freedesktop/ScreenSaver", name, "ActiveChanged", "b", True)
        assert heard.get(timeout=PATIENCE_S) is LockEvent.SESSION_LOCKED


def test_waking_unlocking_and_other_sessions_lock_nothing(desktop: Desktop, watch: LockEvents, heard: Heard) -> None:
    desktop.emit(MANAGER_PATH, f"{LOGIN}.Manager", "PrepareForSleep", "b", False)
    desktop.emit(SESSION_PATH, f"{LOGIN}.Session", "Unlock", "")
    desktop.emit("/org/freedesktop/login1/session/other", f"{LOGIN}.Session", "Lock", "")
    desktop.changed("/org/freedesktop/login1/session/other", f"{LOGIN}.Session", "Active", False)
    desktop.changed(SESSION_PATH, f"{LOGIN}.Session", "Active", True)
    desktop.changed(SESSION_PATH, f"{LOGIN}.Session", "LockedHint", False)
    desktop.changed("/org/freedesktop/UPower", POWER, "LidIsClosed", False)
    desktop.changed("/org/freedesktop/UPower", POWER, "OnBattery", True)
    desktop.emit("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", "b", False)
    desktop.changed("/org/freedesktop/UPower", POWER, "LidIsClosed", True)  # told after all of them
    assert heard.get(timeout=PATIENCE_S) is LockEvent.LID_CLOSED
    desktop.emit("/org/freedesktop/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", "b", True)
    assert heard.get(timeout=PATIENCE_S) is LockEvent.SESSION_LOCKED
    assert heard.empty()


def test_a_machine_without_a_bus_is_fine_and_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'nobody'}")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    watch = watch_lock_events(heard.put)
    for thread in watch.threads:  # type: ignore[attr-defined]
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    watch.close()
    assert heard.empty()


def test_a_bus_that_ends_ends_the_watch_and_locks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heard: Heard
) -> None:
    with bus(tmp_path, "short") as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with Desktop(address) as desktop:
            watch = listening(desktop, heard)
    for thread in watch.threads:  # type: ignore[attr-defined]
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    watch.close()
    assert heard.empty()
