"""Shows what was measured at the end of a test run."""

import pytest

from tests.performance.figures import Figure, table

MEASURED = pytest.StashKey[list[Figure]]()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> list[Figure]:
    """Figures put here stand in the summary of the run."""
    return request.config.stash.setdefault(MEASURED, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table; a figure never passes or fails anything."""
    figures = config.stash.get(MEASURED, [])
    if figures:
        terminalreporter.section("performance")
        terminalreporter.write_line(table(figures))
