"""head_v1.json: running head, checkpoint, answer of `/v1/info`."""

import pytest

from sync.crypto.signing import SigningKey
from sync.errors import VerificationFailed
from sync.protocol.messages import Checkpoint, HeadAnswer, Info, fold_log, hub_id_of, info_signed_bytes, log_hash
from tests.vectors.files import unhex, vectors

FILE = vectors("head")
HUB = SigningKey.from_seed(unhex(FILE["hub_seed"]))
HUB_ID = unhex(FILE["hub_id"])
STATED = FILE["checkpoint"]
CHECKPOINT = Checkpoint(
    team=unhex(FILE["team"]),
    log_id=unhex(FILE["log_id"]),
    n=STATED["n"],
    h_n=unhex(STATED["h_n"]),
    ctl_seq=STATED["ctl_seq"],
    ctl_hash=unhex(STATED["ctl_hash"]),
    day=STATED["day"],
)


def test_hub_key_and_id() -> None:
    assert HUB.public.hex() == FILE["hub_pk"]
    assert hub_id_of(HUB.public) == HUB_ID


def test_running_head() -> None:
    head = bytes(32)
    for n, (env_hash, expected) in enumerate(zip(FILE["env_hashes"], FILE["heads"], strict=True), start=1):
        head = log_hash(head, n, unhex(env_hash))
        assert head.hex() == expected
    items = [(n, unhex(env_hash)) for n, env_hash in enumerate(FILE["env_hashes"], start=1)]
    assert fold_log(bytes(32), items) == head


def test_checkpoint_is_exact() -> None:
    assert CHECKPOINT.signed_bytes(HUB_ID).hex() == STATED["signed_bytes"]
    assert CHECKPOINT.sign(HUB).hex() == STATED["sig"]
    answer = HeadAnswer(checkpoint=CHECKPOINT, sig=unhex(STATED["sig"]), keyrings={})
    HeadAnswer.parse(answer.encode(), CHECKPOINT.team).verify(HUB.public)
    with pytest.raises(VerificationFailed):
        HeadAnswer.parse(answer.encode(), bytes(16)).verify(HUB.public)


def test_info_is_exact() -> None:
    stated = FILE["info"]
    nonce = unhex(stated["nonce"])
    assert info_signed_bytes(HUB_ID, nonce, stated["t"]).hex() == stated["signed_bytes"]
    info = Info.build(HUB, nonce, stated["t"])
    assert info.sig.hex() == stated["sig"]
    Info.parse(info.encode()).verify(nonce, HUB_ID)
    with pytest.raises(VerificationFailed):
        info.verify(bytes(32), HUB_ID)
    with pytest.raises(VerificationFailed):
        info.verify(nonce, bytes(32))
