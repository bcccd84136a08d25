"""What a person may set about the program, declared with the same fields as records, and the file that keeps it.

Device settings lie unencrypted beside the vaults because they are needed before unlocking (look.md 6, Unlock): nothing
that says who works here or with whom may ever become one. A file that cannot be read is the same as none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from platformdirs import user_data_path

from broker_desktop.platform.files import make_private_folder, replace_durably
from broker_desktop.records.field import Field, Number, Text


class Scope(StrEnum):
    """Whom a setting is for."""

    DEVICE = "device"
    WORKER = "worker"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: how it is asked, for whom it holds, and what holds until somebody sets it."""

    field: Field
    scope: Scope
    default: Any
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ("yes", "no")

    def accepts(self, value: object) -> bool:
        """Tell whether a value can stand for this setting."""
        if type(value) is not type(self.default):
            return False
        if isinstance(value, int):
            return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
        return value in self.choices


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        field=Text(name="theme", label="Colours", help="Night is dark, for the street at night."),
        scope=Scope.DEVICE,
        default="light",
        choices=("light", "dark", "night", "contrast"),
    ),
    Setting(
        field=Number(name="text_percent", label="Size of letters", unit="%"),
        scope=Scope.DEVICE,
        default=100,
        least=100,
        most=200,
    ),
)
_BY_NAME: Final = {one.field.name: one for one in SETTINGS}
_FILE: Final = "settings.json"


def data_dir() -> Path:
    """Name the folder of this user's vaults, settings and logs; nothing is made."""
    return user_data_path("broker-desktop", appauthor=False)


class DeviceSettings:
    """The device's settings in one folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._values: dict[str, Any] = _read(self._path)

    def get(self, name: str) -> Any:
        """Give a setting, its default until somebody sets it. Raises KeyError for a name that is none."""
        setting = _BY_NAME[name]
        value = self._values.get(name)
        return value if setting.accepts(value) else setting.default

    def set(self, name: str, value: Any) -> None:
        """Keep a setting. Raises ValueError for a value it cannot have, OSError when it cannot be written."""
        if not _BY_NAME[name].accepts(value):
            raise ValueError(f"{name} cannot be set to that")
        self._values[name] = value
        make_private_folder(self._path.parent)
        replace_durably(self._path, json.dumps(self._values, indent=1).encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return {name: found[name] for name in _BY_NAME if name in found}
    except (OSError, ValueError, TypeError):
        return {}
