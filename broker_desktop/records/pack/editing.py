"""Writes answers into a pack's text: comments, order and every other word stay as they were.

A value is put where the null or the old value stands; a name that is not there yet is added to the part it belongs to.
"""

from __future__ import annotations

from typing import Any, Final

from broker_desktop.records.pack.tree import Finding, PackInvalid

_BY_HAND: Final = "Change this place in the file itself."


def with_answer(text: str, path: str, value: object) -> str:
    """Put a value at a path of a pack's text.

    Raises:
        PackInvalid: the text is no YAML, or what stands there is written over several lines.
    """
    import yaml  # noqa: PLC0415  the gate declares fields and reads no pack

    node = yaml.compose(text, Loader=yaml.SafeLoader)
    here, names = node, path.split(".")
    while names:
        found = _below(here, names[0])
        if found is None:
            return _added(text, here, node, names, value)
        here, names = found, names[1:]
        if names and here.id == "scalar":
            return _replaced(text, here, path, _nested(names, value))
    return _replaced(text, here, path, value)


def _below(node: Any, name: str) -> Any:
    if node.id == "mapping":
        return next((value for key, value in node.value if key.value == name), None)
    if node.id == "sequence" and name.isdigit() and int(name) < len(node.value):
        return node.value[int(name)]
    return None


def _replaced(text: str, node: Any, path: str, value: object) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if node.id != "scalar" and not node.flow_style:
        line = node.start_mark.line + 1
        raise PackInvalid([Finding(line, path, "What stands here fills several lines.", _BY_HAND)])
    space = " " if start == end else ""
    return text[:start] + space + _flow(value) + text[end:]


def _added(text: str, node: Any, root: Any, names: list[str], value: object) -> str:
    entry = f"{names[0]}: {_flow(_nested(names[1:], value))}"
    if node is root:
        return f"{text.rstrip()}\n{entry}\n"
    if node.flow_style:
        close = node.end_mark.index - 1
        before = text[:close].rstrip()
        return f"{before}{', ' if node.value else ''}{entry}{text[close:]}"
    at = node.start_mark.index
    return f"{text[:at]}{entry}\n{' ' * node.start_mark.column}{text[at:]}"


def _nested(names: list[str], value: object) -> object:
    for name in reversed(names):
        value = {name: value}
    return value


def _flow(value: object) -> str:
    import yaml  # noqa: PLC0415  as above

    told: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False)
    return told.removesuffix("...\n").strip()
