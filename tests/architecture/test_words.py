"""What no file may hold: places of one machine, hosts of package registries, banned words on screen, loose ends."""

import re

import pytest

from tests.architecture.house import python_files, text_of, texts_in, tracked_files

# Spelled so that this file does not find itself.
HOSTS = ("py" + "pi.org", "python" + "hosted", "registry.npm" + "js", "deb.deb" + "ian.org", "proxy.go" + "lang")
MACHINE_PATHS = re.compile("(?<![a-z.])/" + r"(work|farm|root|Users|home/[a-z]+|tmp/[a-z]+)/|\.\./shar" + "ed")

# What nobody is called, anywhere a person can read it.
UNKIND = re.compile(r"\b(addicts?|abusers?|junkies?|drug abuse|substance abuse|misusers?|clean urine)\b", re.I)
# Words of the protocol that look.md section 7 keeps off the screen.
INNER = re.compile(r"\b(hub|seats?|epochs?|envelopes?|quarantined?|replicas?|payloads?|synced|client id)\b", re.I)


def _everywhere(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tracked_files():
        for number, line in enumerate((text_of(path) or "").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path}:{number}: {line.strip()[:100]}")
    return found


def test_no_file_names_a_package_host() -> None:
    assert _everywhere(re.compile("|".join(map(re.escape, HOSTS)))) == []


def test_no_file_names_a_place_of_one_machine() -> None:
    assert _everywhere(MACHINE_PATHS) == []


def test_nobody_is_called_names() -> None:
    read_by_people = [
        path
        for path in tracked_files()
        if path.parts[0] in {"resources", "broker_desktop", "README.md"}
        and path.parts[:2] != ("resources", "wordlists")
    ]
    found = [
        f"{path}:{number}"
        for path in read_by_people
        for number, line in enumerate((text_of(path) or "").splitlines(), 1)
        if UNKIND.search(line)
    ]
    assert found == []


def _is_sentence(text: str) -> bool:
    """Tell words for people from keys, names and formats: two words or more, and no sign of code or markup."""
    return len(text.split()) > 1 and not re.search(r"[{}_=;<>\\]|--|::", text)


@pytest.mark.parametrize("part", ["ui", "records", "errors.py", "session"])
def test_the_screen_speaks_no_protocol(part: str) -> None:
    found = [
        f"{path}:{line}: {text[:80]}"
        for path in python_files("broker_desktop")
        if path.parts[1] == part
        for line, text in texts_in(path)
        if _is_sentence(text) and INNER.search(text)
    ]
    assert found == []


def test_help_pages_speak_no_protocol() -> None:
    pages = [path for path in tracked_files() if path.parts[:2] == ("resources", "help")]
    found = [f"{path}: {hit.group()}" for path in pages if (hit := INNER.search(text_of(path) or ""))]
    assert found == []


def test_nothing_is_left_for_later_or_switched_off() -> None:
    loose = re.compile(
        r"# (TODO|FIXME|XXX)|NotImplemented" + r"Error|pytest\.sk" + r"ip|mark\.(skip|xfail)|assert Tr" + r"ue\b"
    )
    found = [
        f"{path}:{number}: {line.strip()[:80]}"
        for path in python_files("broker_desktop", "sync", "packaging", "tests")
        for number, line in enumerate((text_of(path) or "").splitlines(), 1)
        if loose.search(line)
    ]
    assert found == []


def test_tests_wait_for_things_and_not_for_time() -> None:
    slept = "time.sl" + "eep("
    assert [str(path) for path in python_files("tests") if slept in (text_of(path) or "")] == []
