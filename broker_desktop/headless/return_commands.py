"""What `summary` does with saved returns: run one, list, save, forget."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Final

from broker_desktop.errors import UsageError
from broker_desktop.headless.console import Console
from broker_desktop.headless.writing import writing
from broker_desktop.session import Session
from broker_desktop.session.returns import SavedReturn

_OF_A_PERIOD: Final = {
    "tag": "--tag", "out": "--out", "sign_off": "--sign-off", "again": "--again", "commentary": "--commentary",
    "late": "--late", "issues": "--issues", "behind": "--behind", "audit": "--audit", "last": "--to",
}  # fmt: skip


def is_about_returns(arguments: argparse.Namespace) -> bool:
    """Tell whether saved returns are meant and not a period. Raises UsageError for what does not go with them."""
    if not (arguments.saved or arguments.returns or arguments.save_return or arguments.drop_return):
        return False
    wrong = [option for name, option in _OF_A_PERIOD.items() if getattr(arguments, name)]
    if wrong:
        raise UsageError(f"{', '.join(wrong)}: this goes with a period and not with saved returns.")
    if arguments.save_return and arguments.folder is None:
        raise UsageError("--save-return needs --folder.")
    return True


def returns(arguments: argparse.Namespace, console: Console, session: Session) -> int:
    """Do what is asked of saved returns."""
    desk = session.returns
    if arguments.save_return:
        desk.keep(_asked(arguments))
        console.say("Saved. It is kept in this vault alone.")
    elif arguments.drop_return:
        desk.drop(arguments.drop_return)
        console.say("Forgotten. Its files stay where they are.")
    elif arguments.returns:
        for one in desk.saved():
            console.line(json.dumps(asdict(one), ensure_ascii=False))
    else:
        with writing(console) as told:
            written = desk.run(arguments.saved, arguments.folder, told)
        console.result(written.to_json(), "\n".join(str(path) for path in written.files))
        for line in written.missing:
            console.say(f"{line} is not counted any more and is not in it.")
    return 0


def _asked(arguments: argparse.Namespace) -> SavedReturn:
    return SavedReturn(
        name=arguments.save_return,
        recipient=arguments.recipient,
        cadence=arguments.cadence,
        formats=_listed(arguments.formats) or (arguments.format or "json",),
        folder=str(arguments.folder.resolve()),
        lines=_listed(arguments.lines),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
