"""A lead's vault, opened by key. Tests that need no server work on a copy of one that is made once."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from broker_desktop.session import Session
from tests.common.vaults import Desk, Service


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Service(tmp_path_factory.mktemp("service")).found()


@pytest.fixture
def lead_desk(made_once: Desk, tmp_path: Path) -> Desk:
    folder = tmp_path / "vault"
    shutil.copytree(made_once.folder, folder)
    return replace(made_once, folder=folder)


@pytest.fixture
def lead(lead_desk: Desk) -> Iterator[Session]:
    with lead_desk.opened() as session:
        yield session
