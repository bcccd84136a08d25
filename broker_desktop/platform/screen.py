"""Keeps a window out of pictures and recordings of the screen, where the system offers that.

Windows and macOS do; Linux has no such request, neither under X11 nor under Wayland. Written from the makers' headers;
neither half was ever run by us (decision 0013).
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

CAN_HIDE: Final = sys.platform in {"win32", "darwin"}
"""Whether this system can keep a window out of pictures."""
_SHOWN, _BLACK, _LEFT_OUT = 0x00, 0x01, 0x11
_NO_SHARING, _READ_ONLY_SHARING = 0, 1


def hide_from_pictures(window: int, hidden: bool) -> bool:
    """Leave a native window (Qt's winId) out of pictures, or show it in them again; tell whether that was done."""
    if sys.platform == "win32":
        user = ctypes.windll.user32
        handle = ctypes.c_void_p(window)
        if not hidden:
            return bool(user.SetWindowDisplayAffinity(handle, _SHOWN))
        # Before Windows 10 2004 a window can only be shown black.
        return any(user.SetWindowDisplayAffinity(handle, wanted) for wanted in (_LEFT_OUT, _BLACK))
    if sys.platform == "darwin":
        runtime = ctypes.CDLL("/usr/lib/libobjc.A.dylib")
        runtime.sel_registerName.restype = ctypes.c_void_p
        send = runtime.objc_msgSend
        send.restype, send.argtypes = ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_void_p)
        native = send(window, runtime.sel_registerName(b"window"))  # Qt's winId is the view inside the window
        if not native:
            return False
        send.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
        kind = _NO_SHARING if hidden else _READ_ONLY_SHARING
        send(native, runtime.sel_registerName(b"setSharingType:"), kind)
        return True
    return False
