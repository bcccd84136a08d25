"""grant_v1.json: an epoch secret wrapped for one seat, and a keyring of older secrets."""

from sync import codec
from sync.crypto.boxes import box_open, kem_public
from sync.crypto.keyring import EpochSecret, keyring_context, open_grant, open_keyring, seal_grant, seal_keyring
from sync.protocol.enrolment import Grant, KeyringObject
from tests.vectors.cobblestone import sealer
from tests.vectors.files import unhex, vectors

FILE = vectors("grant")
RING = FILE["keyring"]
SECRET = EpochSecret(unhex(FILE["team"]), FILE["comp"], FILE["epoch"], unhex(FILE["epoch_secret"]))
NEWER = EpochSecret(unhex(FILE["team"]), RING["comp"], RING["epoch"], unhex(RING["epoch_secret"]))


def test_commitment_and_kem_key() -> None:
    assert SECRET.commitment.hex() == FILE["commitment"]
    assert kem_public(unhex(FILE["kem_seed"])).hex() == FILE["kem_pk"]


def test_the_grant_opens() -> None:
    grant = Grant(comp=FILE["comp"], epoch=FILE["epoch"], seat=unhex(FILE["seat"]), blob=unhex(FILE["grant"]))
    assert open_grant(grant, unhex(FILE["kem_seed"]), unhex(FILE["team"]), SECRET.epoch_key()) == SECRET
    ours = seal_grant(SECRET, unhex(FILE["seat"]), unhex(FILE["kem_pk"]))
    assert len(ours.blob) == len(grant.blob)
    assert open_grant(ours, unhex(FILE["kem_seed"]), unhex(FILE["team"]), SECRET.epoch_key()) == SECRET


def test_the_keyring_is_exact() -> None:
    assert NEWER.ring_key.hex() == RING["key"]
    plain = codec.encode([[SECRET.epoch, SECRET.secret]])
    assert plain.hex() == RING["plain_cbor"]
    context = keyring_context(NEWER, RING["ctl_seq"])
    assert sealer(unhex(RING["salt"]))(NEWER.ring_key, context, plain).hex() == RING["blob"]


def test_the_keyring_opens() -> None:
    ring = KeyringObject(epoch=RING["epoch"], ctl_seq=RING["ctl_seq"], blob=unhex(RING["blob"]))
    assert open_keyring(NEWER, ring, [SECRET.epoch_key()]) == [SECRET]
    ours = seal_keyring(NEWER, [SECRET], RING["ctl_seq"])
    assert box_open(NEWER.ring_key, keyring_context(NEWER, RING["ctl_seq"]), ours.blob).hex() == RING["plain_cbor"]
