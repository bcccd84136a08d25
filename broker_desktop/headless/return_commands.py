"""What `summary` does with saved returns: run one, list, save, forget."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from broker_desktop.errors import UsageError
from broker_desktop.headless.console import Console
from broker_desktop.session import Session
from broker_desktop.session.returns import SavedReturn


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
        written = desk.run(arguments.saved, arguments.folder)
        console.result(written.to_json(), "\n".join(str(path) for path in written.files))
        for line in written.missing:
            console.say(f"{line} is not counted any more and is not in it.")
    return 0


def _asked(arguments: argparse.Namespace) -> SavedReturn:
    if arguments.folder is None:
        raise UsageError("--save-return needs --folder.")
    return SavedReturn(
        name=arguments.save_return,
        recipient=arguments.recipient,
        cadence=arguments.cadence,
        formats=_listed(arguments.formats) or (arguments.format,),
        folder=str(arguments.folder.resolve()),
        lines=_listed(arguments.lines),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
