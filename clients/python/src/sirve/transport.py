"""HTTP to one server: connections kept alive, time limits, retries that are safe."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn
from urllib.parse import quote

import urllib3
from urllib3.util.retry import Retry

from .errors import SirveError, error_of

#: Methods that may be repeated although an answer was lost.
_SAFE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
#: Answers that say "come back later"; the server has done nothing then.
_LATER = frozenset({429, 503})

Body = bytes | Iterable[bytes] | None


class Transport:
    """Sends requests to the server at ``url``."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None,
        timeout: float,
        retries: int,
        ca_file: str | None,
        client_certificate: tuple[str, str] | None,
    ) -> None:
        parsed = urllib3.util.parse_url(url)
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise ValueError(f'url is "{url}", expected http://HOST:PORT')
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._retries = retries
        self._headers = {"user-agent": "sirve-python"}
        if key:
            self._headers["authorization"] = f"Bearer {key}"
        options: dict[str, Any] = {}
        if ca_file:
            options["ca_certs"] = ca_file
        if client_certificate:
            options["cert_file"], options["key_file"] = client_certificate
        self._pool = urllib3.PoolManager(maxsize=16, timeout=timeout, **options)

    def close(self) -> None:
        self._pool.clear()

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        repeatable: bool = False,
        stream: bool = False,
        retries: int | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """The answer of a request that succeeded. ``repeatable``: sending it twice does no harm.

        Raises SirveError with the server's words, or with code ``unreachable``.
        """
        fields = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        url = self.url + path + ("?" + "&".join(f"{k}={quote(v, safe='')}" for k, v in fields.items()) if fields else "")
        try:
            response = self._pool.request(
                method,
                url,
                body=body,
                headers={**self._headers, **(headers or {})},
                retries=self._retry(
                    self._retries if retries is None and (body is None or isinstance(body, bytes)) else retries or 0,
                    repeatable or method in _SAFE,
                ),
                redirect=False,
                preload_content=not stream,
            )
        except urllib3.exceptions.HTTPError as error:
            _raise_unreachable(self.url, error)
        if response.status >= 400:
            text = response.read() if stream else response.data
            raise error_of(response.status, text)
        return response

    def json(self, method: str, path: str, *, json_body: object = None, **options: Any) -> Any:
        """The JSON that a request with a JSON body is answered by; None where there is none."""
        headers = dict(options.pop("headers", None) or {})
        body = None
        if json_body is not None:
            body = encode_json(json_body)
            headers["content-type"] = "application/json"
        data = self.send(method, path, body=body, headers=headers, **options).data
        return json.loads(data) if data else None

    def _retry(self, times: int, repeatable: bool) -> Retry:
        return Retry(
            total=times,
            connect=times,
            read=times if repeatable else 0,
            other=0,
            # A refusal for now is repeated whatever the method: nothing was done.
            allowed_methods=None,
            status_forcelist=_LATER,
            backoff_factor=0.1,
            backoff_jitter=0.1,
            respect_retry_after_header=True,
            raise_on_status=False,
        )


def encode_json(value: object) -> bytes:
    """JSON of plain values and of numpy's and pandas' scalars. NaN becomes null, as the server reads it."""
    return json.dumps(_plain(value), allow_nan=False, separators=(",", ":")).encode()


def path_of(*segments: object) -> str:
    """Segments as a path, each percent-encoded: "/models/churn%40champion"."""
    return "".join(f"/{quote(str(segment), safe='@')}" for segment in segments)


def lines_of(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Lines of an answer as they come."""
    rest = b""
    try:
        for chunk in response.stream(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line for line in lines if line.strip())
        if rest.strip():
            yield rest
    except urllib3.exceptions.HTTPError as error:
        raise SirveError(f"the stream broke off: {error}", code="unavailable") from error
    finally:
        response.release_conn()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return _plain(value.tolist())
    if hasattr(value, "isoformat"):  # dates and pandas timestamps
        return value.isoformat()
    if isinstance(value, float):
        if value != value:
            return None
        if value in (float("inf"), float("-inf")):
            return "Infinity" if value > 0 else "-Infinity"
        return value
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    raise TypeError(f"a {type(value).__name__} cannot be sent as JSON")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _raise_unreachable(url: str, error: urllib3.exceptions.HTTPError) -> NoReturn:
    reason = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) else error
    slow = isinstance(reason, urllib3.exceptions.TimeoutError) and not isinstance(
        reason, urllib3.exceptions.ConnectTimeoutError
    )
    if slow:
        raise SirveError(f"{url} did not answer in time", code="deadline_exceeded", hint="give it a longer timeout") from error
    raise SirveError(f"no server answers at {url}: {reason}", code="unreachable", hint="start one with: sirve serve") from error
