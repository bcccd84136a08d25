"""Canary strings and the scan for them: what was typed must be found nowhere outside an export.

A canary is an invented string that occurs nowhere by chance. The scan looks for it in the encodings a program could
leak it in: UTF-8, UTF-16 in both byte orders, hexadecimal and base64 at its three alignments.
"""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

WORDS = (
    "amber bramble cinder dapple ember fennel gorse hazel indigo juniper kestrel larch meadow nettle osprey "
    "plover quarry rowan sorrel thistle umber vetch willow yarrow zephyr"
).split()


def canaries(count: int) -> list[str]:
    """Return `count` different strings such as `zq17amberq` that no dictionary, code list or library contains."""
    return [f"zq{n:02d}{WORDS[n % len(WORDS)]}q{n * 7919 % 1000:03d}" for n in range(count)]


def spellings(canary: str) -> Iterator[tuple[str, bytes]]:
    """Yield (encoding name, bytes) for every way a scan must look for `canary`."""
    plain = canary.encode()
    for name, data in (("utf-8", plain), ("utf-16-le", canary.encode("utf-16-le"))):
        yield name, data
        yield f"{name} as hex", data.hex().encode()
        yield f"{name} as upper-case hex", data.hex().upper().encode()
        for offset in range(3):
            yield f"{name} as base64 at {offset}", _inner_base64(data, offset)
    yield "utf-16-be", canary.encode("utf-16-be")
    yield "upper case", canary.upper().encode()


def _inner_base64(data: bytes, offset: int) -> bytes:
    """The characters of the base64 form that depend on `data` alone when it starts `offset` bytes into a group."""
    text = base64.b64encode(b"\0" * offset + data)
    first = (offset * 8 + 5) // 6
    whole = (offset + len(data)) * 8 // 6
    return text[first:whole]


def found(paths: Iterable[Path], wanted: Iterable[str]) -> list[str]:
    """Return one sentence for every canary found in the files below `paths`; an empty list is a clean scan."""
    needles = [(canary, name, data) for canary in wanted for name, data in spellings(canary)]
    hits = []
    for path in paths:
        for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
            content = file.read_bytes()
            hits += [f"{canary} stands in {file.name} as {name}" for canary, name, data in needles if data in content]
    return hits
