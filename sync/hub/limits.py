"""How often one address may ask for an invite box. Kept in memory: no address is ever written down."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import Final

HOUR_MS: Final = 3600 * 1000
_ADDRESSES: Final = 10_000


class HourlyLimit:
    """Counts requests per address over the last hour; forgets the address that asked longest ago beyond 10,000."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._asked: OrderedDict[str, deque[int]] = OrderedDict()
        self._turn = threading.Lock()

    def wait_s(self, address: str, now_ms: int) -> int:
        """Count one request; give 0 when it is allowed, else the seconds after which the next one is."""
        with self._turn:
            times = self._asked.setdefault(address, deque())
            self._asked.move_to_end(address)
            if len(self._asked) > _ADDRESSES:
                self._asked.popitem(last=False)
            while times and times[0] <= now_ms - HOUR_MS:
                times.popleft()
            if len(times) >= self._per_hour:
                return -(-(times[0] + HOUR_MS - now_ms) // 1000)
            times.append(now_ms)
            return 0
