"""Runs one command line: parse, do, report; the exit code is the only return (design.md section 10)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from broker_desktop.errors import AppError
from broker_desktop.headless.arguments import build_parser
from broker_desktop.headless.console import Console
from broker_desktop.session import real_environment


def run(
    arguments: Sequence[str],
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Do one command and return its exit code; a bug is not caught here."""
    console = Console(stdin or sys.stdin, stdout or sys.stdout, stderr or sys.stderr, json="--json" in arguments)
    try:
        parsed = build_parser().parse_args(arguments)
        code: int = parsed.handler(parsed, console, real_environment())
        console.stdout.flush()
    except AppError as error:
        console.report(error)
        return error.exit_code
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stdout = None
        return 0
    except KeyboardInterrupt:
        console.say("Stopped. What was not finished was not stored.")
        return 130
    return code
