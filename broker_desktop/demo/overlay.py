"""Demo packs: a pack that ships with invented answers to its gaps, for the demo alone.

The answers lie in `resources/packs/demo`. A real team cannot load such a pack: it says `demo: true`, which the packs
desk refuses unless the demo asks (`PacksDesk.load`).
"""

from __future__ import annotations

import yaml

from broker_desktop import assets
from broker_desktop.records.pack.editing import with_answer


def demo_pack_text(pack_id: str) -> str:
    """Give a pack that ships with the demo's invented answers. Raises FileNotFoundError where the demo has none."""
    overlay = yaml.safe_load(assets.asset_text("packs", "demo", f"{pack_id}.yaml"))
    text = assets.pack_text(overlay["overlay"])
    for path, value in {**overlay["answers"], "demo": True}.items():
        text = with_answer(text, path, value)
    return text
