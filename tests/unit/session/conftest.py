"""A team with a lead on a real vault, opened by key, for every test of the session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_desktop.session import Session
from tests.common.vaults import Desk, Service


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def lead_desk(service: Service) -> Desk:
    return service.found()


@pytest.fixture
def lead(lead_desk: Desk) -> Iterator[Session]:
    with lead_desk.opened() as session:
        yield session
