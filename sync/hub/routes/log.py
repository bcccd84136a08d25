"""The envelope log: taking pushes, serving pages."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import Connection

from sync.errors import CodecError
from sync.hub.outcomes import HubAnswer, cbor, octets, refuse
from sync.hub.push import Pushed, Verdict, judge, parse_push
from sync.hub.route import Access, Call, Route
from sync.hub.store import log
from sync.hub.store.teams import TeamRow, claim_numbers, settle
from sync.protocol.frames import Pulled, read_frames, write_pulled
from sync.protocol.messages import PushAnswer, Receipt, fold_log
from sync.protocol.problems import Problem
from sync.protocol.version import MAX_PAGE_BYTES, MAX_PUSH_BYTES, MAX_PUSH_ENVELOPES

_COMPS: Final = re.compile(r"\d{1,3}(,\d{1,3}){0,255}")
_FRAME_LENGTHS: Final = 4 * MAX_PUSH_ENVELOPES
_PAGE_ROWS: Final = 4096


def push(call: Call) -> HubAnswer:
    """Take envelopes in order up to the first that is refused; those held already are answered with their n.

    The receipt covers every envelope up to there. When not even the first was taken, the refusal is the answer.
    """
    pushed = parse_push(_frames(call.body), call.team_id)
    verified: set[bytes] = set()
    with call.reading() as db:
        _refuse_if_nothing(judge(db, call.team(db), call.today, pushed, verified))
    team, verdict = call.write(lambda db: _store(call, db, pushed, verified))
    return _answer(call, team, verdict)


def _frames(body: bytes) -> list[bytes]:
    try:
        frames = read_frames(body)
    except CodecError as error:
        refuse(Problem.MALFORMED, error.detail)
    if not frames:
        refuse(Problem.MALFORMED, "a push without an envelope")
    if len(frames) > MAX_PUSH_ENVELOPES:
        refuse(Problem.TOO_LARGE, "more envelopes than one push takes")
    return frames


def _store(call: Call, db: Connection, pushed: Pushed, verified: set[bytes]) -> tuple[TeamRow, Verdict]:
    team = claim_numbers(db, call.team_id, len(pushed.envelopes))
    if team is None:
        refuse(Problem.NOT_FOUND)
    verdict = judge(db, team, call.today, pushed, verified)
    _refuse_if_nothing(verdict)
    log.append(db, verdict.rows)
    settle(
        db,
        team.team_id,
        next_n=team.next_n + len(verdict.rows),
        head_h=fold_log(team.head_h, [(row.n, row.env_hash) for row in verdict.rows]),
        used_bytes=verdict.used_bytes,
    )
    return team, verdict


def _refuse_if_nothing(verdict: Verdict) -> None:
    if verdict.error is not None and not verdict.items:
        raise verdict.error


def _answer(call: Call, team: TeamRow, verdict: Verdict) -> HubAnswer:
    receipt = Receipt(team=team.team_id, log_id=team.log_id, items=verdict.items, day=call.today)
    error = verdict.error
    answer = PushAnswer(
        places=tuple(n for n, _ in verdict.items),
        day=call.today,
        receipt=receipt.sign(call.key),
        error_code=None if error is None else error.problem.code,
        error_extra=None if error is None else {"detail": error.detail, **error.extra},
    )
    return cbor(answer.encode())


def pull(call: Call) -> HubAnswer:
    """Give a page of the log beyond `after`; envelopes outside `comps`, or that the seat may not open, as stubs."""
    after = call.number("after", 0)
    max_bytes = min(call.number("max", MAX_PAGE_BYTES), MAX_PAGE_BYTES)
    comps = _comps(call)
    with call.reading() as db:
        head_n = call.team(db).head_n
        last = log.last_of_page(
            db, call.team_id, after=after, up_to=head_n, comps=comps, max_bytes=max_bytes, max_rows=_PAGE_ROWS
        )
        rows = log.page(db, call.team_id, after=after, last=last, comps=comps)
        body = write_pulled(Pulled(row.n, row.wire) for row in rows)
    return octets(body, {"NX-Head": str(head_n)})


def _comps(call: Call) -> frozenset[int]:
    """Give the compartments asked for that the control log gives this seat; all of these when none are named."""
    held = frozenset(call.caller.comps)
    text = call.query.get("comps")
    if text is None:
        return held
    if text and not _COMPS.fullmatch(text):
        refuse(Problem.MALFORMED, "comps is a list of numbers with commas")
    return held & {int(comp) for comp in text.split(",") if comp}


ROUTES: Final = (
    Route(
        name="push",
        method="POST",
        pattern="/v1/teams/{team}/log",
        access=Access.SEAT,
        handler=push,
        outcomes=frozenset(
            {
                Problem.MALFORMED,
                Problem.PROTO,
                Problem.GAP,
                Problem.PREV_MISMATCH,
                Problem.CHAIN_FORK,
                Problem.CTL_CONFLICT,
                Problem.QUOTA,
            }
        ),
        max_body=MAX_PUSH_BYTES + _FRAME_LENGTHS,
    ),
    Route(
        name="pull",
        method="GET",
        pattern="/v1/teams/{team}/log",
        access=Access.READER,
        handler=pull,
        outcomes=frozenset({Problem.MALFORMED}),
    ),
)
