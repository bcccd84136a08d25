"""Lock events of Windows: a hidden window of its own, in a thread of its own, hears of sessions, sleep and the lid.

The window is a top-level one that is never shown, because sleep is broadcast to top-level windows only. While a sleep
is announced the window procedure waits until the watch is closed, at most two seconds: that is what Windows grants.
Written from Microsoft's headers and never run by us (decision 0013).
"""

from __future__ import annotations

import sys

if sys.platform != "win32":  # tells the type checker too that the rest is for Windows only
    raise ImportError("this module is for Windows only")

import ctypes
import threading
import uuid
from ctypes import wintypes
from typing import Any, Final

from broker_desktop.platform.lock_events import LockEvent, Told

_WM_CLOSE, _WM_DESTROY, _WM_POWER, _WM_SESSION = 0x0010, 0x0002, 0x0218, 0x02B1
_SUSPENDING, _SETTING_CHANGED = 0x0004, 0x8013
_SESSION_EVENTS: Final = {
    0x7: LockEvent.SESSION_LOCKED,
    0x2: LockEvent.USER_SWITCHED,  # the console goes to somebody else
    0x4: LockEvent.USER_SWITCHED,  # the remote screen is let go
}
_LID: Final = uuid.UUID("ba3e0f4d-b817-4094-a2d1-d56379e6a0f3")
_GRANTED_S: Final = 2.0
_PROCEDURE = ctypes.WINFUNCTYPE(ctypes.c_ssize_t, wintypes.HWND, wintypes.UINT, ctypes.c_size_t, ctypes.c_ssize_t)


class _WindowClass(ctypes.Structure):
    _fields_ = (
        ("style", wintypes.UINT), ("procedure", _PROCEDURE), ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int), ("instance", wintypes.HINSTANCE), ("icon", wintypes.HICON),
        ("cursor", wintypes.HANDLE), ("background", wintypes.HBRUSH), ("menu", wintypes.LPCWSTR),
        ("name", wintypes.LPCWSTR),
    )  # fmt: skip


class _PowerSetting(ctypes.Structure):
    _fields_ = (("guid", ctypes.c_byte * 16), ("length", wintypes.DWORD), ("value", wintypes.DWORD))


class WindowsEvents:
    """The hidden window and its thread."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._closed = threading.Event()
        self._window: int | None = None
        self._lid_told = False
        self._procedure = _PROCEDURE(self._hear)  # lives as long as the window
        threading.Thread(target=self._run, name="lock-windows", daemon=True).start()

    def close(self) -> None:
        """Stop listening and let a sleep that was held back go on; a second call does nothing."""
        self._closed.set()
        if self._window is not None:
            ctypes.windll.user32.PostMessageW(wintypes.HWND(self._window), _WM_CLOSE, 0, 0)

    def _run(self) -> None:
        user, kernel = ctypes.windll.user32, ctypes.windll.kernel32
        user.DefWindowProcW.argtypes = (wintypes.HWND, wintypes.UINT, ctypes.c_size_t, ctypes.c_ssize_t)
        user.DefWindowProcW.restype = ctypes.c_ssize_t
        user.CreateWindowExW.restype = wintypes.HWND
        kernel.GetModuleHandleW.restype = wintypes.HMODULE
        described = _WindowClass(procedure=self._procedure, instance=kernel.GetModuleHandleW(None), name="BrokerLock")
        user.RegisterClassW(ctypes.byref(described))
        self._window = user.CreateWindowExW(0, "BrokerLock", "", 0, 0, 0, 0, 0, None, None, described.instance, None)
        if not self._window:
            return
        window = wintypes.HWND(self._window)
        ctypes.windll.wtsapi32.WTSRegisterSessionNotification(window, 0)
        user.RegisterPowerSettingNotification(window, (ctypes.c_byte * 16)(*_signed(_LID.bytes_le)), 0)
        message = wintypes.MSG()
        while user.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            user.DispatchMessageW(ctypes.byref(message))

    def _hear(self, window: Any, message: int, word: int, pointer: int) -> int:
        if message == _WM_SESSION and word in _SESSION_EVENTS:
            self._told(_SESSION_EVENTS[word])
        elif message == _WM_POWER and word == _SUSPENDING:
            self._told(LockEvent.SLEEP)
            self._closed.wait(_GRANTED_S)
        elif message == _WM_POWER and word == _SETTING_CHANGED:
            self._lid(_lid_closed(pointer))
        elif message == _WM_DESTROY:
            ctypes.windll.user32.PostQuitMessage(0)
            return 0
        return int(ctypes.windll.user32.DefWindowProcW(window, message, word, pointer))

    def _lid(self, closed: bool) -> None:
        """Windows first tells how the lid stands, then every change: closed on a desk with a screen locks nothing."""
        if closed and self._lid_told:
            self._told(LockEvent.LID_CLOSED)
        self._lid_told = True


def _lid_closed(pointer: int) -> bool:
    setting = _PowerSetting.from_address(pointer)
    return bytes(setting.guid) == _LID.bytes_le and setting.value == 0


def _signed(octets: bytes) -> list[int]:
    return [one - 256 if one > 127 else one for one in octets]
