"""What the log of a server says of a fault: where it happened and of what kind, never about whom.

The words of an exception may quote a name, a text or an address, and the path of a page names a circle. So a fault is
told by the name of its page, the kinds of exceptions and the lines of code. That is enough to find it.
"""

import logging
import traceback
from typing import Any


class WithoutContent(logging.Formatter):
    """A line per event; for a fault, its frames without the words of the exception."""

    def format(self, record: logging.LogRecord) -> str:
        request: Any = getattr(record, "request", None)
        told = self._page(request) if request is not None else record.getMessage()
        line = f"{record.levelname} {record.name}: {told}"
        return f"{line}\n{_chain(record.exc_info[1])}" if record.exc_info else line

    def _page(self, request: Any) -> str:
        match = getattr(request, "resolver_match", None)
        return f"{request.method} {match.view_name if match else 'a page that is not there'}"


def _chain(fault: BaseException | None) -> str:
    """The exceptions with their frames, first cause first."""
    told: list[str] = []
    while fault is not None:
        told[:0] = [*map(_where, traceback.extract_tb(fault.__traceback__)), f"  {_kind(fault)}"]
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    return "\n".join(told)


def _where(frame: traceback.FrameSummary) -> str:
    return f"  {frame.filename}:{frame.lineno} {frame.name}"


def _kind(fault: BaseException) -> str:
    return f"{type(fault).__module__}.{type(fault).__qualname__}"
