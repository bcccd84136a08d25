"""Frames, answers, refusals, and the spelling of the authorization header."""

import pytest

from sync import codec
from sync.crypto.signing import SigningKey
from sync.errors import CodecError, NotNx1, SyncError, VerificationFailed
from sync.protocol import frames
from sync.protocol.frames import ChainHead, Pulled
from sync.protocol.messages import Authorization, Checkpoint, HeadAnswer, Info, PushAnswer, sign_request
from sync.protocol.problems import Problem, problem_body, problem_named, refusal_of

HUB = SigningKey.from_seed(b"\x0a" * 32)
HEAD = Checkpoint(
    team=b"\x11" * 16, log_id=b"\x44" * 16, n=4, h_n=b"\x01" * 32, ctl_seq=2, ctl_hash=b"\x02" * 32, day=20780
)


def test_frames_come_back() -> None:
    items = [b"", b"a", b"bc" * 70_000]
    assert frames.read_frames(frames.write_frames(items)) == items
    assert frames.write_frames([b"ab"]).hex() == "000000026162"
    page = [Pulled(3, b"x"), Pulled(4, b"")]
    assert frames.read_pulled(frames.write_pulled(page)) == page
    assert frames.write_pulled(page).hex() == "00000000000000030000000178000000000000000400000000"
    heads = [ChainHead(b"s" * 16, 1, 2, 3)]
    assert frames.read_chains(frames.write_chains(heads)) == heads
    assert len(frames.write_chains(heads)) == frames.CHAIN_FRAME_SIZE == 36


def test_torn_frames_are_refused() -> None:
    whole = frames.write_frames([b"one", b"two"])
    for at in range(1, len(whole)):
        if at != 7:
            with pytest.raises(CodecError):
                frames.read_frames(whole[:at])
    pulled = frames.write_pulled([Pulled(1, b"one")])
    for at in range(1, len(pulled)):
        with pytest.raises(CodecError):
            frames.read_pulled(pulled[:at])
    with pytest.raises(CodecError):
        frames.read_chains(bytes(35))
    with pytest.raises(CodecError):
        frames.read_pulled(frames.write_pulled([Pulled(2, b""), Pulled(2, b"")]))


def test_head_answer_comes_back_and_verifies() -> None:
    answer = HeadAnswer(
        checkpoint=HEAD,
        sig=HEAD.sign(HUB),
        chains=(ChainHead(b"s" * 16, 0, 9, 4),),
        mailbox=1,
        grants_version=2,
        keyrings={1: 3, 3: 4},
        snapshot=b"\x05" * 16,
        restoring=True,
    )
    parsed = HeadAnswer.parse(answer.encode(), HEAD.team)
    assert parsed == answer
    parsed.verify(HUB.public)
    with pytest.raises(VerificationFailed):
        parsed.verify(SigningKey.from_seed(bytes(32)).public)


def test_push_answer_comes_back() -> None:
    for answer in (
        PushAnswer(places=(4, 5), day=20780, receipt=bytes(64)),
        PushAnswer(places=(), day=1, receipt=None, error_code="gap", error_extra={"expected": 7}),
    ):
        assert PushAnswer.parse(answer.encode()) == answer


@pytest.mark.parametrize("data", [b"", b"\xa0", codec.encode([]), codec.encode({1: 1}), codec.encode({1: bytes(16)})])
def test_other_answers_are_refused(data: bytes) -> None:
    for parse in (PushAnswer.parse, Info.parse, lambda raw: HeadAnswer.parse(raw, HEAD.team)):
        with pytest.raises(CodecError):
            parse(data)


AUTHORIZATION = sign_request(
    HUB, hub_id=bytes(32), seat=b"\x22" * 16, method="GET", target="/v1", body=b"", time_ms=5, nonce=bytes(16)
)


def test_authorization_comes_back() -> None:
    assert Authorization.parse(AUTHORIZATION.header()) == AUTHORIZATION


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("NX1 ", "NX2 "),
        ("NX1 ", "nx1 "),
        (", ", ","),
        ("seat=22", "seat=2"),
        ("seat=22", "seat=ZZ"),
        ("t=5", "t=05"),
        ("t=5", "t=-5"),
        ("t=5", "t=5.0"),
        ("t=5", "t="),
        ("n=AAAA", "n=AAA"),
        ("n=AAAA", "n=AA A"),
        ("sig=", "sig=="),
        ("NX1", " NX1"),
    ],
)
def test_other_spellings_of_authorization_are_refused(old: str, new: str) -> None:
    text = AUTHORIZATION.header()
    assert old in text
    with pytest.raises(CodecError):
        Authorization.parse(text.replace(old, new, 1))


def test_refusals_travel_as_json() -> None:
    body = problem_body(Problem.CHAIN_FORK, "two of seq 7", {"have": b"\x01\x02"})
    refused = refusal_of(409, body)
    assert (refused.status, refused.code, refused.detail, refused.extra) == (
        *(409, "chain_fork", "two of seq 7", {"have": "0102"}),
    )
    assert isinstance(refused, SyncError)
    assert problem_named("chain_fork") is Problem.CHAIN_FORK
    assert problem_named("of a later version") is None
    assert refusal_of(400, b'{"code": "malformed", "detail": 7}').detail == ""


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"detail": 1}', b'{"code": 1}', b"[" * 100_000])
def test_what_is_no_refusal_came_from_something_else(body: bytes) -> None:
    with pytest.raises(NotNx1):
        refusal_of(502, body)


def test_every_problem_has_a_code_of_its_own() -> None:
    assert len({problem.code for problem in Problem}) == len(Problem)
    assert all(400 <= problem.status < 600 for problem in Problem)
