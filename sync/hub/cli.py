"""`broker-hub`: serve, token, status, check (design.md section 10).

Exit codes: 0 done, 2 usage, 8 storage problem; 1 is a bug. With --json a failure is one JSON object on standard output,
and always a sentence on standard error.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from sync.errors import SyncError
from sync.hub import check, schema
from sync.hub.config import DEFAULT_HOST, DEFAULT_PORT, ConfigError, database_url
from sync.hub.core import Hub
from sync.hub.embedded import open_store
from sync.hub.logs import start_log
from sync.hub.server import Listener, Server, Tls
from sync.hub.store import Store, StoreBusy
from sync.protocol.version import day_of
from sync.system import SystemClock, SystemRandom

EXIT_USAGE: Final = 2
EXIT_STORAGE: Final = 8

_LOG: Final = logging.getLogger("sync.hub.cli")  # also when it runs as __main__


class CommandFailed(SyncError):
    """What went wrong, in the form of contract.md "Errors as JSON"."""

    def __init__(
        self, exit_code: int, code: str, title: str, detail: str, remedy: str, *, your_data: str = "safe"
    ) -> None:
        super().__init__(code, detail)
        self.exit_code = exit_code
        self.title = title
        self.remedy = remedy
        self.your_data = your_data

    def report(self, *, as_json: bool) -> int:
        """Print it and give the exit code."""
        if as_json:
            words = {"title": self.title, "detail": self.detail, "remedy": self.remedy}
            print(json.dumps({"error": {"code": self.code, **words, "your_data": self.your_data}}))
        print(f"{self.title}: {self.detail}. {self.remedy}", file=sys.stderr)
        return self.exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    options = _parser().parse_args(arguments)
    as_json = bool(getattr(options, "json", False))
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except CommandFailed as failure:
        return failure.report(as_json=as_json)
    except ConfigError as error:
        return _usage(str(error)).report(as_json=as_json)
    except (SQLAlchemyError, CommandError, StoreBusy, OSError) as error:
        return _storage(type(error).__name__).report(as_json=as_json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="broker-hub", description="The server of Broker Desktop. It cannot read records."
    )
    commands = parser.add_subparsers(required=True, metavar="serve|token|status|check")
    serve = _command(commands, "serve", _serve, "run the server")
    serve.add_argument("--host", default=DEFAULT_HOST)
    serve.add_argument("--port", type=_port, default=DEFAULT_PORT, help="0: any free port")
    serve.add_argument("--ready-file", type=Path, help="written once the server answers: its url and process id")
    serve.add_argument("--tls-cert", type=Path, help="certificate chain, PEM; needed unless --host is this machine")
    serve.add_argument("--tls-key", type=Path)
    _command(commands, "token", _token, "print a one-time token for creating a team")
    for name, function, text in (
        ("status", _status, "counts and bytes"),
        ("check", _check, "recompute logs and seats and compare"),
    ):
        _command(commands, name, function, text).add_argument("--json", action="store_true")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    function: Callable[[argparse.Namespace], int],
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--db", required=True, metavar="URL", help="sqlite:///path or postgresql://user@host/name")
    parser.set_defaults(command=function)
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**16:
        raise ValueError(text)
    return number


def _serve(options: argparse.Namespace) -> int:
    listener = Listener(options.host, options.port, _tls(options))
    start_log()

    def ready() -> None:
        if options.ready_file is not None:
            write_ready_file(options.ready_file, listener.url)
        _LOG.info("the server answers")

    with listener, open_store(options.db) as store:
        Server(_hub(store), listener, on_ready=ready).serve_until_stopped()
    _LOG.info("the server has stopped")
    return 0


def _hub(store: Store) -> Hub:
    return Hub(store, SystemClock(), SystemRandom())


def _tls(options: argparse.Namespace) -> Tls | None:
    if options.tls_cert is None and options.tls_key is None:
        return None
    if options.tls_cert is None or options.tls_key is None:
        raise ConfigError("--tls-cert and --tls-key belong together")
    for path in (options.tls_cert, options.tls_key):
        if not path.is_file():
            raise ConfigError("--tls-cert and --tls-key must name files that can be read")
    return Tls(cert=options.tls_cert, key=options.tls_key)


def write_ready_file(path: Path, url: str) -> None:
    """Write `{"url", "pid"}` so that a reader sees all of it or no file."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
    unfinished.replace(path)


def _token(options: argparse.Namespace) -> int:
    with open_store(options.db) as store:
        print(_hub(store).issue_token())
    return 0


def _status(options: argparse.Namespace) -> int:
    with _existing(options.db) as store:
        fields = check.status(store, _today()).fields()
    if options.json:
        print(json.dumps(fields))
    else:
        print("\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in fields.items()))
    return 0


def _check(options: argparse.Namespace) -> int:
    with _existing(options.db) as store:
        found = check.findings(store)
        summary = check.status(store, _today())
    if options.json:
        print(json.dumps({"ok": not found, "findings": found, **summary.fields()}))
    else:
        print("\n".join(found) or "everything fits together")
    return EXIT_STORAGE if found else 0


def _today() -> int:
    return day_of(SystemClock().now_ms())


@contextmanager
def _existing(db_url: str) -> Iterator[Store]:
    """Open a database for reading; one that was never served is not made here."""
    url = database_url(db_url)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).is_file()):
        _fail_missing()
    with Store(url) as store:
        if not schema.is_current(store):
            _fail_missing()
        yield store


def _fail_missing() -> NoReturn:
    raise CommandFailed(
        EXIT_STORAGE,
        "HUB-DATABASE",
        "No server database",
        "there is no database of this version at that address",
        "Check --db, or run `broker-hub serve` once, which makes or updates it.",
    )


def _usage(detail: str) -> CommandFailed:
    return CommandFailed(
        EXIT_USAGE, "USAGE", "This cannot work", detail, "Run broker-hub --help for what can be given."
    )


def _storage(kind: str) -> CommandFailed:
    return CommandFailed(
        EXIT_STORAGE,
        "HUB-STORAGE",
        "The database cannot be used",
        kind,
        "Check that it exists, that it may be written, that its disk has room, and that no newer version made it.",
        your_data="unknown",
    )


if __name__ == "__main__":
    sys.exit(main())
