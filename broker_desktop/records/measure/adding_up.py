"""Lines that together are another line: what a reader of a summary can add up by himself.

Part of what the lines mean; hiding of small numbers rests on it. A sum that only holds for some records is taken as
known where it holds.
"""

from __future__ import annotations

from typing import Final

ADD_UP: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("MS-04.by_age_band", "MS-04.not_attributable"), "MS-04"),
    (("MS-11.accepted", "MS-11.declined"), "MS-11.offered"),
    (("MS-13.made",), "MS-13.flow_days out of"),
    (("MS-13.by_route",), "MS-13.stages"),
    (("MS-13.kept", "MS-13.left_early", "MS-13.only_triaged"), "MS-13.kept out of"),
    (("MS-14.sources",), "MS-14.criminal_justice out of"),
    (("MS-14.sources",), "MS-14.flow_days out of"),
    (("MS-14.received_by_flow",), "MS-14.sources"),
    (("MS-01.met",), "MS-16.offer_recorded out of"),
    (("MS-18.accepted",), "MS-18.offered"),
)
"""Names of lines and what they are together; "out of" after a name is what that line is out of."""
