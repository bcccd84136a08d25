"""The closed list of what a hub may answer instead of yes (protocol.md 2.10).

An error travels as JSON `{code, detail, ...}` with the status that stands beside its code here. `detail` is for a log,
never for a person's screen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum

from sync.errors import HubRefused, NotNx1


class Problem(Enum):
    """Code and HTTP status of a refusal."""

    MALFORMED = ("malformed", 400)
    BAD_SIG = ("bad_sig", 401)
    CLOCK_SKEW = ("clock_skew", 401)
    NONCE_REPLAY = ("nonce_replay", 401)
    SEAT_REVOKED = ("seat_revoked", 403)
    WRITE_ONLY = ("write_only", 403)
    ROLE = ("role", 403)
    NOT_FOUND = ("not_found", 404)
    GAP = ("gap", 409)
    PREV_MISMATCH = ("prev_mismatch", 409)
    CHAIN_FORK = ("chain_fork", 409)
    CTL_CONFLICT = ("ctl_conflict", 409)
    RESTORING = ("restoring", 409)
    LOG_RESET = ("log_reset", 409)
    INVITE_USED = ("invite_used", 409)
    PRUNED = ("pruned", 410)
    STALE = ("stale", 412)
    TOO_LARGE = ("too_large", 413)
    PROTO = ("proto", 426)
    RATE_LIMITED = ("rate_limited", 429)
    UNAVAILABLE = ("unavailable", 503)
    QUOTA = ("quota", 507)

    def __init__(self, code: str, status: int) -> None:
        self.code = code
        self.status = status


_BY_CODE = {problem.code: problem for problem in Problem}


def problem_named(code: str) -> Problem | None:
    """Return the problem with a code, or None for a code of a later version."""
    return _BY_CODE.get(code)


def problem_body(problem: Problem, detail: str = "", extra: Mapping[str, object] | None = None) -> bytes:
    """Return the JSON body of a refusal; bytes in `extra` are written as hex."""
    fields = {key: value.hex() if isinstance(value, bytes) else value for key, value in (extra or {}).items()}
    return json.dumps({"code": problem.code, "detail": detail, **fields}).encode()


def refusal_of(status: int, body: bytes) -> HubRefused:
    """Return the exception for an answer of status 400 and above.

    Raises:
        NotNx1: the body is not a refusal of this protocol, so the answer came from something else.
    """
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise NotNx1(f"status {status} without a refusal") from None
    if not isinstance(parsed, dict) or not isinstance(parsed.get("code"), str):
        raise NotNx1(f"status {status} without a refusal")
    detail = parsed.get("detail")
    extra = {key: value for key, value in parsed.items() if key not in {"code", "detail"}}
    return HubRefused(status, parsed["code"], detail if isinstance(detail, str) else "", extra)
