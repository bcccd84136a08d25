"""Reading records from lines of JSON, as contract.md says: one object a line, no floats.

Numbers with a point are read as Decimal. Whole files, line numbers and what to do about a
bad line are the caller's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NoReturn

from broker_desktop.records.answer import Payload

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class BadLine(ValueError):
    """A line that is no JSON object; the message says why, without a value from it."""


def parse_line(line: bytes) -> Payload:
    """Read one line; a byte order mark before it and CR LF after it are no defect.

    Raises:
        BadLine: not UTF-8, not JSON, no object, a name twice, a NUL or other control character, or nested too deep.
    """
    try:
        record = _DECODER.decode(line.removeprefix(_BYTE_ORDER_MARK).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadLine(f"This line is not UTF-8 text, at byte {error.start + 1}.") from None
    except json.JSONDecodeError as error:
        raise BadLine(f"This line is not valid JSON: {error.msg}, at character {error.colno}.") from None
    except RecursionError:
        raise BadLine("This line is nested too deep to be a record.") from None
    except BadLine:
        raise
    except ValueError:  # a number of more digits than Python reads
        raise BadLine("This line holds a number that is too long to be one.") from None
    if type(record) is not dict:
        raise BadLine("This line is no JSON object: a record stands between { and }.")
    return record


def _once(pairs: Sequence[tuple[str, Any]]) -> Payload:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise BadLine("This line gives one name two values.")
    return record


def _no_constant(_: str) -> NoReturn:
    raise BadLine("This line holds a number that JSON does not know (NaN or Infinity).")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_float=Decimal, parse_constant=_no_constant)
