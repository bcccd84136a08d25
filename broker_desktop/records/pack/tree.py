"""A pack's text as a tree that remembers lines: every later sentence about a pack can say where it stands.

Reads YAML and nothing else; what a key means is the schema's. A text that could make the reader work without end
(too long, too deep, or built of repeated parts) is refused before anybody looks into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

LARGEST: Final = 64 * 1024
"""Characters of a pack file; an operation of the protocol carries 128 KiB (protocol.md 2.4)."""

_DEEPEST: Final = 12
_MOST: Final = 20_000

Value = object
"""A scalar, or a dict or list of `Spot`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a pack: where, what, and how to mend it."""

    line: int
    """Counted from 1."""
    path: str
    """Names joined by a dot, list places from 0; empty for the file as a whole."""
    text: str
    remedy: str

    def sentence(self, file: str = "") -> str:
        """Give the finding in one line, beginning with the file."""
        where = f"{file}, line {self.line}" if file else f"Line {self.line}"
        return f"{where}{f', {self.path}' if self.path else ''}: {self.text} {self.remedy}"


class PackInvalid(ValueError):
    """The text is no pack that can be used; nothing of it is. `findings` say what to mend, in the order of lines."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=lambda one: (one.line, one.path)))
        super().__init__("The pack has faults. " + " ".join(one.sentence() for one in self.findings))


@dataclass(frozen=True, slots=True)
class Spot:
    """One value of a pack and where it stands."""

    path: str
    line: int
    value: Any

    def at(self, *names: str) -> Spot | None:
        """Give the spot below, None where the way ends."""
        here: Spot | None = self
        for name in names:
            inside = here.value if here is not None else None
            here = inside.get(name) if isinstance(inside, dict) else None
        return here

    def plain(self) -> Any:
        """Give the value without its places."""
        if isinstance(self.value, dict):
            return {name: one.plain() for name, one in self.value.items()}
        if isinstance(self.value, list):
            return [one.plain() for one in self.value]
        return self.value

    def walk(self) -> Iterator[Spot]:
        """Give this spot and every one below it, in the order of the file."""
        yield self
        inner = self.value.values() if isinstance(self.value, dict) else self.value
        if isinstance(self.value, dict | list):
            for one in inner:
                yield from one.walk()


def read_tree(text: str) -> Spot:
    """Read a pack's text.

    Raises:
        PackInvalid: not YAML, no names at the top, a key twice, or too large to be a pack.
    """
    import yaml  # noqa: PLC0415  the gate declares fields and reads no pack

    if len(text) > LARGEST:
        raise PackInvalid(
            [Finding(1, "", "This file is too long for a pack.", f"A pack has at most {LARGEST:,} signs.")]
        )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise PackInvalid([Finding(1, "", "This file is no pack: it has no names at the top.", _BEGIN)])
        tree = _Tree(loader)
        spot = tree.spot(node, "", 0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line + 1, len(text.splitlines())) if mark is not None else 1
        raise PackInvalid([Finding(line, "", "This file is no pack: it is not valid YAML here.", _SIGNS)]) from error
    finally:
        loader.dispose()
    if tree.findings:
        raise PackInvalid(tree.findings)
    return spot


def refuse_overlay(tree: Spot) -> None:
    """Refuse a demo overlay: invented names and numbers for the demo, which no team loads. Raises PackInvalid."""
    overlay = tree.at("overlay")
    if overlay is not None:
        text = "This is a demo overlay, with invented names and numbers, and no pack."
        remedy = "Load the pack of your service and fill its gaps."
        raise PackInvalid([Finding(overlay.line, "overlay", text, remedy)])


_BEGIN: Final = "Begin with pack: and title:, or start from a pack that ships (pack new)."
_SIGNS: Final = "Check quotes, brackets, commas and spaces in this line and the one before."


class _Tree:
    """Turns nodes into spots and counts them."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._seen = 0
        self.findings: list[Finding] = []

    def spot(self, node: Any, path: str, depth: int) -> Spot:
        line = node.start_mark.line + 1
        self._seen += 1
        if depth > _DEEPEST or self._seen > _MOST:
            raise PackInvalid([Finding(line, path, "This file is too large for a pack.", "Take repeated parts out.")])
        if node.id == "mapping":
            return Spot(path, line, self._mapping(node, path, depth))
        if node.id == "sequence":
            inner = [self.spot(one, _under(path, str(n)), depth + 1) for n, one in enumerate(node.value)]
            return Spot(path, line, inner)
        return Spot(path, line, self._scalar(node))

    def _mapping(self, node: Any, path: str, depth: int) -> dict[str, Spot]:
        found: dict[str, Spot] = {}
        for key, value in node.value:
            name, line = str(key.value) if key.id == "scalar" else "", key.start_mark.line + 1
            if not name:
                self.findings.append(Finding(line, path, "A key here is no name.", "Write a name before the colon."))
            elif name in found:
                text = f"The key {name} stands here twice."
                self.findings.append(Finding(line, _under(path, name), text, "Keep one of them."))
            else:
                found[name] = self.spot(value, _under(path, name), depth + 1)
        return found

    def _scalar(self, node: Any) -> Any:
        """Give the scalar's value; a date that does not exist stays the text it was."""
        import yaml  # noqa: PLC0415  as above

        try:
            return self._loader.construct_object(node, deep=True)
        except (ValueError, yaml.YAMLError):
            return str(node.value)


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
