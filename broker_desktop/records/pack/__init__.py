"""Area packs: one service's configuration, read from text, checked line by line, and listed with its gaps.

`reading` is what the program uses of a pack, `schema` what a pack may say, `needs` what has to be said before a team
goes live, `editing` writes answers into a pack's text. Nothing here opens a file or knows the team.
"""

from broker_desktop.records.pack.named import NamedCode
from broker_desktop.records.pack.needs import Need
from broker_desktop.records.pack.reading import NewerFormat, Pack
from broker_desktop.records.pack.schema import Names
from broker_desktop.records.pack.tree import Finding, PackInvalid

__all__ = [
    "Finding",
    "NamedCode",
    "Names",
    "Need",
    "NewerFormat",
    "Pack",
    "PackInvalid",
]
