"""The session's public names are loaded one by one: what stands for readers and what is loaded must be the same."""

import subprocess
import sys
from importlib import import_module

import pytest

from broker_desktop import session
from tests.architecture.house import ROOT


def test_every_public_name_has_a_home_and_every_home_is_public() -> None:
    assert sorted(session._HOME_OF) == sorted(session.__all__)


@pytest.mark.parametrize("name", session.__all__)
def test_a_public_name_is_what_its_module_calls_by_it(name: str) -> None:
    home = import_module(f"broker_desktop.session.{session._HOME_OF[name]}")
    assert getattr(session, name) is getattr(home, name)


def test_a_name_that_is_none_is_said_so() -> None:
    with pytest.raises(AttributeError, match="nobody"):
        _ = session.nobody


def test_the_cards_of_a_laptop_need_neither_the_database_nor_the_network() -> None:
    heavy = ["sqlalchemy", "sqlmodel", "pydantic", "requests", "cbor2", "cryptography", "mnemonic", "zxcvbn", "segno"]
    code = f"import sys; sys.modules.update(dict.fromkeys({heavy!r})); from broker_desktop.session import list_vaults"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
