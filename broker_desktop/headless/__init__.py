"""Everything except drawing: the commands of design.md section 10, for other programs and for people at a terminal.

Talks to the session only, so it keeps the seam honest. Results go to standard output, everything said to a person to
standard error; with --json standard output holds JSON and nothing else.
"""

from broker_desktop.headless.run import run

__all__ = ["run"]
