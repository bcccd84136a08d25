"""The log holds what happened and no value: whatever is handed to it, no canary comes out."""

import enum
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_desktop.logs import LOGGERS, ValueFreeFormatter, Word, frames_of, start_log

CANARY = "JOHN80M"


class Phase(enum.Enum):
    PUSH = 1


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """A started log; yields its file."""
    handler = start_log(tmp_path / "logs")
    yield tmp_path / "logs" / "broker.log"
    for name in LOGGERS:
        logging.getLogger(name).removeHandler(handler)
    handler.close()


def _raise(value: str) -> None:
    raise ValueError(value)


def test_numbers_states_and_our_own_words_are_written(log: Path) -> None:
    logging.getLogger("sync.engine").info("%s took %d of %d: %s", Phase.PUSH, 3, 7, Word("gap"))
    assert log.read_text(encoding="utf-8").endswith("INFO sync.engine PUSH took 3 of 7: gap\n")


@pytest.mark.parametrize("value", [CANARY, CANARY.encode(), [CANARY], {CANARY: CANARY}, ValueError(CANARY)])
def test_a_value_is_replaced_by_its_kind(log: Path, value: object) -> None:
    logging.getLogger("broker_desktop.store").info("kept %s", value)
    text = log.read_text(encoding="utf-8")
    assert CANARY not in text
    assert f"<{type(value).__name__}" in text


def test_a_text_where_a_number_belongs_leaves_the_message_alone() -> None:
    record = logging.LogRecord("sync", logging.INFO, "file", 1, "kept %d records", (CANARY,), None)
    assert ValueFreeFormatter().format(record).endswith("INFO sync kept %d records")


def test_an_exception_is_types_and_frames(log: Path, expected_log: set[str]) -> None:
    expected_log.add("save failed")
    try:
        _raise(CANARY)
    except ValueError:
        logging.getLogger("broker_desktop").exception("save failed")
    text = log.read_text(encoding="utf-8")
    assert CANARY not in text
    assert "builtins.ValueError" in text
    assert "_raise" in text


def test_a_line_carries_the_hour_and_no_minute(log: Path) -> None:
    logging.getLogger("sync").info("started")
    stamp = log.read_text(encoding="utf-8").split(" INFO ")[0]
    assert ":" not in stamp
    assert stamp.endswith(" h")


def test_frames_name_what_led_to_an_error_and_stop_at_a_suppressed_one() -> None:
    try:
        try:
            _raise(CANARY)
        except ValueError as cause:
            raise RuntimeError(CANARY) from cause
    except RuntimeError as error:
        described = frames_of(error)
    assert described.index("builtins.RuntimeError") < described.index("builtins.ValueError")
    assert CANARY not in described


def test_an_uncaught_error_says_its_frames_and_not_its_message(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from broker_desktop.logs import catch_crashes, start_log\n"
        f"folder = Path({str(tmp_path)!r}); start_log(folder); kept = catch_crashes(folder)\n"
        f"raise ValueError({CANARY!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "builtins.ValueError" in done.stderr
    assert "builtins.ValueError" in written
    assert CANARY not in done.stderr + written


def test_a_hard_crash_leaves_its_frames(tmp_path: Path) -> None:
    code = (
        "import faulthandler; from pathlib import Path; from broker_desktop.logs import catch_crashes\n"
        f"kept = catch_crashes(Path({str(tmp_path)!r})); faulthandler._sigsegv()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Segmentation fault" in (tmp_path / "crash.txt").read_text(encoding="utf-8")
