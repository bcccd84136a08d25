"""Record type `uam_tally`: how many survey packs of the unlinked anonymous monitoring survey a site gave and got back.

Numbers of a site and nothing else. A link between a person and a card or questionnaire of the survey is never kept:
there is no question here that could hold one, no text and no person (domain.md 3.7).
"""

from __future__ import annotations

from typing import Final

from broker_desktop.records.field import Code, Day, Number
from broker_desktop.records.record_type import CLINICAL, RecordType

_SITE: Final = "Site"
_COUNT: Final = "Counted"

UAM_TALLY: Final = RecordType(
    name="uam_tally",
    version=1,
    title="UAM survey count",
    plural="UAM survey counts",
    icon="tally-5",
    help="Survey packs given out, packs sent back and vouchers of one site: numbers only.",
    compartment=CLINICAL,
    event_field="counted_on",
    fields=(
        Day(name="counted_on", label="Counted on", section=_SITE, required=True, column=True),
        Code(name="site", label="Place", section=_SITE, list_id="place", required=True, column=True),
        Number(name="given", label="Packs given out", section=_COUNT, unit="packs", required=True, column=True),
        Number(name="returned", label="Packs sent back", section=_COUNT, unit="packs", column=True),
        Number(name="vouchers", label="Vouchers given", section=_COUNT, unit="vouchers", column=True),
    ),
)
