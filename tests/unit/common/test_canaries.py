"""The scan must find what it is there to find, in every spelling; a blind scan would pass every leak."""

import base64

import pytest

from tests.common.canaries import canaries, found, spellings


def test_fifty_canaries_are_different():
    assert len(set(canaries(50))) == 50


@pytest.mark.parametrize(
    "leak",
    [
        lambda c: c.encode(),
        lambda c: c.encode("utf-16-le"),
        lambda c: c.encode("utf-16-be"),
        lambda c: c.encode().hex().encode(),
        lambda c: base64.b64encode(c.encode()),
        lambda c: base64.b64encode(b"x" + c.encode() + b"tail"),
        lambda c: base64.b64encode(b"xy" + c.encode() + b"tail"),
    ],
)
def test_a_leak_is_found_in_every_spelling(tmp_path, leak):
    canary = canaries(3)[2]
    (tmp_path / "file.bin").write_bytes(b"before" + leak(canary) + b"after")
    assert found([tmp_path], [canary])


def test_a_clean_file_is_clean(tmp_path):
    (tmp_path / "file.bin").write_bytes(bytes(range(256)) * 50)
    assert found([tmp_path], canaries(50)) == []


def test_spellings_are_long_enough_not_to_hit_by_chance():
    assert all(len(data) >= 10 for canary in canaries(50) for _, data in spellings(canary))
