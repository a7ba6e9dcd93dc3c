"""What went wrong, in the server's own words."""

from __future__ import annotations

import json
from typing import Any


class SirveError(Exception):
    """A request that failed. ``code`` is for programs, the message for people.

    ``code`` is one of the server's codes (``invalid_argument``, ``not_found``, ``unavailable``, …;
    see docs/errors.md), or ``unreachable`` where no server answered.
    """

    def __init__(self, message: str, *, code: str, status: int | None = None, **details: str | None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        #: Where it is wrong, such as ``rows[2].distance``.
        self.field = details.get("field")
        self.got = details.get("got")
        self.expected = details.get("expected")
        #: What to do next.
        self.hint = details.get("hint")
        self.request_id = details.get("request_id")

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} ({self.hint})" if self.hint else text


def error_of(status: int, body: bytes) -> SirveError:
    """The error in an answer: problem+json of the native API, ``{"error": …}`` of V2, or plain text."""
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        text = body[:500].decode("utf-8", "replace").strip()
        return SirveError(text or f"the server answered {status}", code=_code_of(status), status=status)
    return problem_error(answer, status)


def problem_error(problem: dict[str, Any], status: int | None = None) -> SirveError:
    """The error of a problem (RFC 9457) that stands alone or in a line of a stream."""
    status = status if status is not None else problem.get("status")
    detail = problem.get("detail") or problem.get("error") or f"the server answered {status}"
    return SirveError(
        str(detail),
        code=str(problem.get("code") or _code_of(status or 0)),
        status=status,
        field=problem.get("field"),
        got=problem.get("got"),
        expected=problem.get("expected"),
        hint=problem.get("hint"),
        request_id=problem.get("requestId"),
    )


_CODES = {
    400: "invalid_argument",
    401: "unauthenticated",
    403: "permission_denied",
    404: "not_found",
    409: "already_exists",
    412: "aborted",
    413: "too_large",
    429: "resource_exhausted",
    507: "disk_full",
    501: "unimplemented",
    503: "unavailable",
    504: "deadline_exceeded",
}


def _code_of(status: int) -> str:
    return _CODES.get(status, "internal")
