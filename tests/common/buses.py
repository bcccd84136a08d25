"""Real D-Bus daemons of a test's own, and on them what stands in for the services that a desktop runs.

Those are other programs: the login manager, of which we need two answers and the signals, and UPower. The bus, its
connections and its messages are the real ones.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from jeepney import DBusAddress, HeaderFields, Message, MessageType, message_bus, new_error, new_method_return
from jeepney import new_signal as signal_message
from jeepney.bus_messages import Stats
from jeepney.io.blocking import open_dbus_connection

LOGIN, POWER = "org.freedesktop.login1", "org.freedesktop.UPower"
SESSION_PATH = "/org/freedesktop/login1/session/c7"
_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.05


@contextmanager
def bus(folder: Path, name: str) -> Iterator[str]:
    """Run a bus that nobody else is on; give its address."""
    program = shutil.which("dbus-daemon")
    assert program is not None, "packaging/bootstrap.py names what the tests want of the system"
    address = f"unix:path={folder / name}"
    command = [program, "--session", "--nofork", "--nopidfile", "--print-address", f"--address={address}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), "it says its address when it listens"
        try:
            yield address
        finally:
            process.terminate()


@dataclass
class Desktop:
    """Answers for the login manager, keeps the other end of the delay it hands out, and emits the services' signals."""

    address: str
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ended, self._inhibited = threading.Event(), threading.Event()
        self._kept, self._given = os.pipe()
        self._connection = open_dbus_connection(self.address, enable_fds=True)
        for name in (LOGIN, POWER):
            self._connection.send_and_get_reply(message_bus.RequestName(name))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> Desktop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(_PATIENCE_S)
        self._connection.close()
        os.close(self._kept)

    def emit(self, path: str, interface: str, member: str, signature: str, *values: object) -> None:
        """Send a signal as the service would."""
        address = DBusAddress(path, interface=interface)
        self._connection.send(signal_message(address, member, signature, values))

    def changed(self, path: str, interface: str, name: str, value: bool) -> None:
        """Say that a property changed."""
        told = (interface, {name: ("b", value)}, [])
        self.emit(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", *told)

    def wait_for_delay(self) -> None:
        """Wait until somebody holds sleep back."""
        assert self._inhibited.wait(_PATIENCE_S)

    def released(self, patience_s: float = 0.0) -> bool:
        """Tell whether nobody holds sleep back any more: the other end of what was handed out is closed."""
        return bool(select.select([self._kept], [], [], patience_s)[0])

    def wait_for_listener(self, rule: str) -> None:
        """Wait until the bus itself says that somebody asked for these signals."""
        with open_dbus_connection(self.address) as asking:
            never = threading.Event()
            for _ in range(int(_PATIENCE_S / _LOOK_EVERY_S)):
                answer = asking.send_and_get_reply(Stats().GetAllMatchRules())
                if any(rule_matches(one, rule) for rules in answer.body[0].values() for one in rules):
                    return
                never.wait(_LOOK_EVERY_S)
        raise AssertionError("nobody listens")

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                message = self._connection.receive(timeout=_LOOK_EVERY_S)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.method_call:
                self._reply(message)

    def _reply(self, message: Message) -> None:
        member = message.header.fields.get(HeaderFields.member)
        if member == "Inhibit":
            self.asked.append(message.body)
            self._connection.send(new_method_return(message, "h", (self._given,)))
            os.close(self._given)
            self._inhibited.set()
        elif member == "GetSession":
            self._connection.send(new_method_return(message, "o", (SESSION_PATH,)))
        else:
            self._connection.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))


def rule_matches(told: str, wanted: str) -> bool:
    """Tell whether the bus writes a rule with all of these parts, in whatever order."""
    return set(wanted.split(",")) <= set(told.split(","))
