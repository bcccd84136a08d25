"""The bundled files are there and are the ones we think they are."""

import json
from pathlib import Path

import pytest

from broker_desktop import assets

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ids_v1.json").read_text(encoding="utf-8"))


def test_the_word_list_is_effs_large_list_in_its_order() -> None:
    words = assets.check_words()
    assert len(words) == len(set(words)) == 7776
    assert words[:2] == ("abacus", "abdomen")
    assert words[-1] == "zoom"


@pytest.mark.parametrize("vector", VECTORS["check_words"], ids=lambda vector: vector["join_hash"][:8])
def test_the_word_list_gives_the_check_words_of_the_vectors(vector: dict[str, list[str]]) -> None:
    words = assets.check_words()
    assert [words[digit] for digit in vector["digits"]] == vector["words"]


def test_codes_packs_fonts_and_icons_ship() -> None:
    assert assets.codes_csv().startswith("list")
    assert "portsmouth-2009-10" in {path.stem for path in assets.pack_paths()}
    assert assets.pack_text("portsmouth-2009-10").strip()
    assert {"Inter-Regular.otf", "NotoSans-Regular.ttf"} <= {path.name for path in assets.font_paths()}
    assert "currentColor" in assets.icon_svg("syringe")


def test_a_file_that_does_not_ship_is_said_by_name() -> None:
    with pytest.raises(FileNotFoundError, match=r"no bundled file icons/no-such-icon\.svg"):
        assets.icon_path("no-such-icon")
