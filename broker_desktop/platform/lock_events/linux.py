"""Lock events of Linux, by D-Bus: the login manager and UPower on the system bus, the screen saver on the session bus.

While the watch runs it holds a delay lock of the login manager, so that a laptop sleeps only once the vault is closed
(or after the few seconds that the login manager grants). The lock is a file descriptor that goes with the process: a
process that is replaced gives it back by itself. A bus that is missing, or that ends, is fine and silent.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections import deque
from typing import Any, Final

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from broker_desktop.platform.lock_events import LockEvent, Told

_ANSWER_S: Final = 2.0
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_LOGIN: Final = "org.freedesktop.login1"
_SESSION: Final = "org.freedesktop.login1.Session"
_POWER: Final = "org.freedesktop.UPower"
_MANAGER: Final = DBusAddress("/org/freedesktop/login1", _LOGIN, f"{_LOGIN}.Manager")
_OWN_USER: Final = DBusAddress("/org/freedesktop/login1/user/self", _LOGIN, _PROPERTIES)
_SCREEN_SAVERS: Final = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
# What a bus may answer with when it is not there, not ready or not what it says it is.
_NO_BUS: Final = (OSError, KeyError, ValueError, RuntimeError, StopIteration)


class BusEvents:
    """Listens to both buses, each in a thread of its own."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._lock = threading.Lock()
        self._closed = False
        self._connections: list[DBusConnection] = []
        self._delay: int | None = None
        self._session_path = ""
        self.threads = [
            threading.Thread(target=self._run, args=(bus, listen), name=f"lock-{bus}", daemon=True)
            for bus, listen in (("SYSTEM", self._system_bus), ("SESSION", self._session_bus))
        ]
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        """Stop listening and let a sleep that was held back go on; a second call does nothing."""
        with self._lock:
            self._closed = True
            connections, self._connections = self._connections, []
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it
        self._give_back()

    def _run(self, bus: str, listen: Any) -> None:
        with contextlib.suppress(*_NO_BUS):
            connection = open_dbus_connection(bus, enable_fds=bus == "SYSTEM")
            with self._lock:
                if self._closed:
                    connection.close()
                    return
                self._connections.append(connection)
            try:
                listen(connection)
            finally:
                connection.close()

    def _system_bus(self, connection: DBusConnection) -> None:
        waiting = _everything(connection)
        self._session_path = _own_session(connection)
        _subscribe(connection, MatchRule(type="signal", sender=_LOGIN, member="PrepareForSleep"))
        if self._session_path:
            _subscribe(connection, MatchRule(type="signal", sender=_LOGIN, path=self._session_path))
        _subscribe(connection, MatchRule(type="signal", sender=_POWER, path="/org/freedesktop/UPower"))
        self._hold_sleep(connection)
        while True:
            self._judge(connection.recv_until_filtered(waiting))

    def _session_bus(self, connection: DBusConnection) -> None:
        waiting = _everything(connection)
        for name in _SCREEN_SAVERS:
            _subscribe(connection, MatchRule(type="signal", interface=name, member="ActiveChanged"))
        while True:
            self._judge(connection.recv_until_filtered(waiting))

    def _judge(self, message: Message) -> None:
        event = event_of(message, self._session_path)
        if event is not None:
            self._told(event)

    def _hold_sleep(self, connection: DBusConnection) -> None:
        words = ("sleep", "Broker Desktop", "Closes the vault first", "delay")
        answer = _ask(connection, new_method_call(_MANAGER, "Inhibit", "ssss", words))
        if answer is None:
            return
        held = answer[0].to_raw_fd()
        os.set_inheritable(held, False)
        with self._lock:
            if not self._closed:
                self._delay, held = held, -1
        if held >= 0:
            os.close(held)

    def _give_back(self) -> None:
        with self._lock:
            held, self._delay = self._delay, None
        if held is not None:
            os.close(held)


def event_of(message: Message, session_path: str) -> LockEvent | None:
    """Tell what a signal means; None for what locks nothing (waking up, unlocking, other properties)."""
    fields = message.header.fields
    interface, member = fields.get(HeaderFields.interface), fields.get(HeaderFields.member)
    path, body = fields.get(HeaderFields.path), message.body
    if member == "PrepareForSleep" and body == (True,):
        return LockEvent.SLEEP
    if interface == _SESSION and member == "Lock" and path == session_path:
        return LockEvent.SESSION_LOCKED
    if interface in _SCREEN_SAVERS and body == (True,):
        return LockEvent.SESSION_LOCKED
    if interface == _PROPERTIES and member == "PropertiesChanged" and len(body) >= 2:
        return _changed(str(body[0]), {name: value for name, (_, value) in body[1].items()}, path == session_path)
    return None


def _changed(interface: str, values: dict[str, Any], own: bool) -> LockEvent | None:
    if interface == _POWER and values.get("LidIsClosed") is True:
        return LockEvent.LID_CLOSED
    if interface == _SESSION and own and values.get("LockedHint") is True:
        return LockEvent.SESSION_LOCKED
    if interface == _SESSION and own and values.get("Active") is False:
        return LockEvent.USER_SWITCHED
    return None


def _everything(connection: DBusConnection) -> deque[Message]:
    """Keep every signal, also those that arrive while a question is being answered."""
    waiting: deque[Message] = deque()
    connection.filter(MatchRule(type="signal"), queue=waiting)
    return waiting


def _subscribe(connection: DBusConnection, rule: MatchRule) -> None:
    _ask(connection, message_bus.AddMatch(rule))


def _ask(connection: DBusConnection, message: Message) -> tuple[Any, ...] | None:
    """Ask something of a service; None when it is not there or says no."""
    try:
        answer = connection.send_and_get_reply(message, timeout=_ANSWER_S)
    except TimeoutError:
        return None
    return answer.body if answer.header.message_type is MessageType.method_return else None


def _own_session(connection: DBusConnection) -> str:
    """Find the object of the session this program runs in; nothing where the login manager knows none."""
    named = os.environ.get("XDG_SESSION_ID")
    questions = [new_method_call(_MANAGER, "GetSession", "s", (named,))] if named else []
    questions.append(new_method_call(_MANAGER, "GetSessionByPID", "u", (os.getpid(),)))
    for question in questions:
        answer = _ask(connection, question)
        if answer is not None:
            return str(answer[0])
    shown = _ask(connection, new_method_call(_OWN_USER, "Get", "ss", (f"{_LOGIN}.User", "Display")))
    return "" if shown is None else str(shown[0][1][1])
