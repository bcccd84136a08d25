"""The harness itself, at a small size: every figure comes out and can be true. How fast is for people to read."""

from pathlib import Path

from tests.performance.figures import Figure, p95, table
from tests.performance.measuring import SMALL, measurements


def test_every_line_of_the_design_is_measured(tmp_path: Path, measured: list[Figure]) -> None:
    names = []
    for name, measure in measurements(tmp_path, SMALL):
        figures = measure()
        assert figures
        assert all(figure.ours > 0 and (figure.floor is None or figure.floor > 0) for figure in figures), name
        measured += figures
        names.append(name)
    assert names == ["machine", "save", "import", "push", "one", "server", "grown", "county", "start"]


def test_a_figure_is_held_against_its_bar() -> None:
    assert Figure(work="a", ours=6, floor=2, unit="ms", bar=3).met
    assert not Figure(work="a", ours=7, floor=2, unit="ms", bar=3).met
    assert not Figure(work="b", ours=900, unit="records/s", bar=1000, at_least=True).met
    assert Figure(work="c", ours=900, unit="ms").met


def test_the_table_says_which_bar_is_missed() -> None:
    figures = [Figure(work="push", ours=5, floor=2, unit="s", bar=2, notes=["3 requests"])]
    assert table(figures).splitlines() == [
        "work  ours  floor  ratio  bar",
        "push  5 s   2 s    2.50x  <= 2x  NOT MET",
        "    3 requests",
    ]


def test_the_95th_percentile_of_a_hundred_is_the_ninety_sixth() -> None:
    assert p95([float(n) for n in range(1, 101)]) == 96
