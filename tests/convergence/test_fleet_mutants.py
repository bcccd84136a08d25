"""The fleet must catch every deliberate mistake in the merge rule, or it proves nothing (protocol.md 2.7).

The mistake is made in every laptop alike, so what catches it is the oracle, not a difference between laptops.
"""

from types import SimpleNamespace

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sync import merge
from sync.replica import rows
from tests.common.fleets import memory_team
from tests.common.ledger import Apply
from tests.convergence.machine import machine
from tests.convergence.mutants import MUTANTS

AT_MOST = 120
STEPS = 50
"""Some mistakes show only in long histories."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_fleet_catches(mutant: Apply, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "merge", SimpleNamespace(**{**vars(merge), "apply": mutant}))
    bounded = settings(
        max_examples=AT_MOST,
        stateful_step_count=STEPS,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        database=None,
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine(memory_team(), number=0, shuffled=True), settings=bounded)
