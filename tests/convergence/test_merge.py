"""The merge rule against random histories, and the same property against deliberate mistakes."""

import pytest
from hypothesis import Phase, given, settings

from sync import merge
from tests.common.ledger import Apply
from tests.convergence.histories import HISTORIES, Step, check, lived
from tests.convergence.mutants import MUTANTS


@settings(max_examples=400)
@given(HISTORIES)
def test_every_order_of_delivery_gives_what_was_meant(history: list[Step]) -> None:
    check(lived(history, merge.apply))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_the_property_catches(mutant: Apply) -> None:
    @settings(max_examples=2000, derandomize=True, database=None, phases=[Phase.generate])
    @given(HISTORIES)
    def property_under(history: list[Step]) -> None:
        check(lived(history, mutant))

    with pytest.raises(AssertionError):
        property_under()
