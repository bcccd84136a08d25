"""`python -m tests.performance [--full] [--small] [--only NAME ...]`: measure and print the table."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.performance.figures import Figure, table
from tests.performance.measuring import FULL, SMALL, USUAL, measurements


def main() -> int:
    """Measure what is asked for and print one table."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="the sizes of the design: some minutes")
    size.add_argument("--small", action="store_true", help="a thousand records, once")
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="NAME",
        help="machine save import push second one server grown county start",
    )
    options = parser.parse_args()
    sizes = FULL if options.full else SMALL if options.small else USUAL
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="broker-performance-") as folder:
        for name, measure in measurements(Path(folder), sizes):
            if not options.only or name in options.only:
                print(f"measuring: {name}", file=sys.stderr, flush=True)
                figures += measure()
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
