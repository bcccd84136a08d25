"""What a process asks of the system for its keys, and what must happen even when something hangs."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from broker_desktop.platform.process import Deadline
from tests.architecture.house import ROOT

PATIENCE_S = 30


def child(code: str, *options: str) -> str:
    """Run a few lines in a process of their own; give what they print."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    return done.stdout.strip()


def test_a_crash_leaves_no_image_and_other_programs_may_not_look_in() -> None:
    code = (
        "import ctypes, resource; from broker_desktop.platform.process import forbid_core_dumps; forbid_core_dumps();"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    assert child(code) == "0 0"  # 3 is PR_GET_DUMPABLE


def test_a_key_is_kept_out_of_swap_as_far_as_the_system_lets_us() -> None:
    code = (
        "import re, resource; from broker_desktop.platform.process import keep_out_of_swap;"
        "key = bytearray(b'k' * 32); keep_out_of_swap(key); assert key == b'k' * 32;"
        "locked = int(re.search(r'VmLck:\\s+(\\d+)', open('/proc/self/status').read())[1]);"
        "print(locked > 0, resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == 0)"
    )
    assert child(code) in {"True False", "True True", "False True"}


@pytest.mark.parametrize("options", [[], ["-P"]])
def test_the_fresh_process_has_our_number_our_words_and_a_safe_path(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "broker_desktop.py").write_text("print('an impostor in the folder somebody stands in')")
    code = (
        f"import os, sys; sys.path.insert(0, {str(ROOT)!r}); print(os.getpid(), flush=True);"
        "from broker_desktop.platform.process import replace_process; replace_process(['--no-such-word'])"
    )
    process = subprocess.Popen(
        [sys.executable, *options, "-c", code], cwd=ROOT if not options else tmp_path, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    out, err = process.communicate(timeout=PATIENCE_S)
    assert out.split()[0] == str(process.pid)
    assert "impostor" not in out
    assert process.returncode == 2, err


def test_what_hangs_is_ended_by_the_deadline_and_what_does_not_is_not() -> None:
    late, never = threading.Event(), threading.Event()
    Deadline(0.01, late.set)
    calm = Deadline(PATIENCE_S, never.set)
    calm.call_off()
    assert late.wait(PATIENCE_S)
    assert not never.is_set()
