"""Lock events of macOS: the distributed notice that the screen was locked, which sleep and user switch bring too.

The notice arrives on the run loop of the main thread, which Qt runs. Written from Apple's headers and never run by us
(decision 0013). Kept to one notice for that reason; a laptop that slept without it is caught by the clock that jumped
(`broker_desktop.ui.idle`).
"""

from __future__ import annotations

import sys

if sys.platform != "darwin":  # tells the type checker too that the rest is for macOS only
    raise ImportError("this module is for macOS only")

import ctypes
from typing import Final

from broker_desktop.platform.lock_events import LockEvent, Told

_FRAMEWORK: Final = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"
_UTF8: Final = 0x08000100
_AT_ONCE: Final = 4
_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class ScreenLockEvents:
    """Listens from the main thread; make and close it there."""

    def __init__(self, told: Told) -> None:
        self._core = ctypes.CDLL(_FRAMEWORK)
        for name in ("CFNotificationCenterGetDistributedCenter", "CFStringCreateWithCString"):
            getattr(self._core, name).restype = ctypes.c_void_p
        self._called = _CALLBACK(lambda *_: told(LockEvent.SESSION_LOCKED))  # lives as long as the watch
        self._center = ctypes.c_void_p(self._core.CFNotificationCenterGetDistributedCenter())
        notice = ctypes.c_void_p(self._core.CFStringCreateWithCString(None, b"com.apple.screenIsLocked", _UTF8))
        self._core.CFNotificationCenterAddObserver(self._center, self._called, self._called, notice, None, _AT_ONCE)

    def close(self) -> None:
        """Stop listening; a second call does nothing."""
        self._core.CFNotificationCenterRemoveEveryObserver(self._center, self._called)
