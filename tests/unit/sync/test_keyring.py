"""Epoch secrets, grants and keyrings: nothing is believed that the control log contradicts."""

from dataclasses import replace

import pytest

from sync import codec
from sync.crypto.boxes import box_open, box_seal, hpke_open, hpke_seal, kem_public
from sync.crypto.keyring import Keyring, keyring_context, open_grant, open_keyring, seal_grant, seal_keyring
from sync.errors import BoxRefused, KeyMissing
from sync.protocol.enrolment import KeyringObject
from tests.unit.sync.parts import BEN, CARA, TEAM, secret

KEYS = [secret(3, epoch).epoch_key() for epoch in (1, 2, 3)]


def test_a_grant_is_for_one_seat_compartment_and_epoch() -> None:
    grant = seal_grant(secret(3), BEN.seat, kem_public(BEN.kem_seed))
    assert open_grant(grant, BEN.kem_seed, TEAM, secret(3).epoch_key()) == secret(3)
    wrong = [
        (grant, CARA.kem_seed, TEAM, secret(3)),
        (replace(grant, seat=CARA.seat), BEN.kem_seed, TEAM, secret(3)),
        (grant, BEN.kem_seed, b"\x12" * 16, secret(3)),
        (grant, BEN.kem_seed, TEAM, secret(3, 2)),
        (grant, BEN.kem_seed, TEAM, secret(1)),
        (replace(grant, blob=b"\0\0" + grant.blob[2:]), BEN.kem_seed, TEAM, secret(3)),
        (replace(grant, blob=grant.blob[:-1]), BEN.kem_seed, TEAM, secret(3)),
        (replace(grant, blob=b""), BEN.kem_seed, TEAM, secret(3)),
    ]
    for one, seed, team, expected in wrong:
        with pytest.raises(BoxRefused):
            open_grant(one, seed, team, expected.epoch_key())


def test_a_lead_cannot_grant_another_secret_than_the_log_commits_to() -> None:
    false = replace(secret(3), secret=bytes(32))
    key = replace(secret(3).epoch_key(), commitment=false.commitment)
    grant = seal_grant(false, BEN.seat, kem_public(BEN.kem_seed))
    with pytest.raises(BoxRefused):  # the commitment fits, the drop key of the log does not
        open_grant(grant, BEN.kem_seed, TEAM, key)


def test_a_keyring_holds_the_older_secrets() -> None:
    ring = seal_keyring(secret(3, 3), [secret(3, 1), secret(3, 2)], ctl_seq=9)
    assert open_keyring(secret(3, 3), ring, KEYS) == [secret(3, 1), secret(3, 2)]
    for changed in (replace(ring, ctl_seq=8), replace(ring, blob=ring.blob[:-1])):
        with pytest.raises(BoxRefused):
            open_keyring(secret(3, 3), changed, KEYS)
    with pytest.raises(BoxRefused):
        open_keyring(secret(3, 2), ring, KEYS)


@pytest.mark.parametrize(
    "plain",
    [
        b"\xff",
        codec.encode([[1]]),
        codec.encode([[1, b"short"]]),
        codec.encode([[0, bytes(32)]]),
        codec.encode([[1, bytes(32)]]),
        codec.encode([[7, secret(3, 7).secret]]),
    ],
    ids=["no CBOR", "no secret", "short", "epoch 0", "another secret", "an epoch the log lacks"],
)
def test_a_keyring_that_is_refused(plain: bytes) -> None:
    newest = secret(3, 3)
    ring = KeyringObject(epoch=3, ctl_seq=9, blob=box_seal(newest.ring_key, keyring_context(newest, 9), plain))
    with pytest.raises(BoxRefused):
        open_keyring(newest, ring, KEYS)


def test_the_ring_of_a_seat() -> None:
    ring = Keyring([secret(3, 1)]).with_secrets([secret(3, 2), secret(1, 1)])
    assert ring.secret(3, 2) == secret(3, 2)
    assert ring.older(3, 3) == [secret(3, 1), secret(3, 2)]
    assert (1, 1) in ring
    assert (1, 2) not in ring
    assert len(list(ring)) == 3
    with pytest.raises(KeyMissing) as caught:
        ring.secret(2, 1)
    assert (caught.value.comp, caught.value.epoch) == (2, 1)


def test_boxes_refuse_other_keys_contexts_and_changes() -> None:
    box = box_seal(bytes(32), b"here", b"content")
    assert box_open(bytes(32), b"here", box) == b"content"
    assert box != box_seal(bytes(32), b"here", b"content")
    for key, context, data in (
        (b"\x01" * 32, b"here", box),
        (bytes(32), b"there", box),
        (bytes(32), b"here", box[:-1]),
        (bytes(32), b"here", b""),
    ):
        with pytest.raises(BoxRefused):
            box_open(key, context, data)


def test_hpke_refuses_other_keys_infos_and_changes() -> None:
    public = kem_public(bytes(32))
    sealed = hpke_seal(public, b"here", b"content")
    assert hpke_open(bytes(32), b"here", sealed) == b"content"
    for seed, info, data in (
        (b"\x01" * 32, b"here", sealed),
        (bytes(32), b"there", sealed),
        (bytes(32), b"here", sealed[:-1]),
        (bytes(32), b"here", b""),
    ):
        with pytest.raises(BoxRefused):
            hpke_open(seed, info, data)


@pytest.mark.parametrize("public", [b"", bytes(1216), b"\xff" * 1216, kem_public(bytes(32))[:1184] + bytes(32)])
def test_public_keys_that_are_none(public: bytes) -> None:
    with pytest.raises(BoxRefused):
        hpke_seal(public, b"", b"content")


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(ValueError):
        kem_public(bytes(31))
