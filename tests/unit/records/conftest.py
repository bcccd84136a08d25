"""What the tests of records share: the code lists of one pack and a clock that stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broker_desktop import assets
from broker_desktop.records.codelist import CodeLists
from broker_desktop.records.pack import Pack
from broker_desktop.records.rules import CheckContext

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
"""The clock of the samples (tests/samples/README.md)."""


@pytest.fixture(scope="session")
def portsmouth() -> CodeLists:
    return CodeLists.load(assets.codes_csv(), Pack.parse(assets.pack_text("portsmouth-2009-10")))


@pytest.fixture(scope="session")
def form(portsmouth: CodeLists) -> CheckContext:
    """A form or `record add` is asking."""
    return CheckContext(portsmouth, NOW)


@pytest.fixture(scope="session")
def importing(portsmouth: CodeLists) -> CheckContext:
    return CheckContext(portsmouth, NOW, importing=True)
