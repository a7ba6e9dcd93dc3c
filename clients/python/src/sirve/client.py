"""Predictions of a Sirve server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Union

import urllib3

from .errors import SirveError, problem_error
from .prediction import Prediction
from .registry import Registry
from .tensors import Array, decode_response, encode_request
from .transport import Transport, encode_json, lines_of, path_of

if TYPE_CHECKING:
    import pandas as pd

Row = Union[Mapping[str, Any], Sequence[Any]]
_JSON_LENGTH = "inference-header-content-length"


class Client:
    """A client of one server. Connections are kept; use it from several threads, and close it at the end.

    :param url: address of the server; default: ``SIRVE_URL``, else ``http://127.0.0.1:8080``.
    :param key: API key or token; default: ``SIRVE_API_KEY``.
    :param timeout: longest to wait for an answer, in seconds.
    :param retries: how often a request is repeated when the server is busy (it says when) or cannot be reached.
    :param ca_file: authorities of the server's certificate, PEM.
    :param client_certificate: files with this client's certificate and its key, PEM.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str | None = None,
        timeout: float = 30.0,
        retries: int = 3,
        ca_file: str | None = None,
        client_certificate: tuple[str, str] | None = None,
    ) -> None:
        self._transport = Transport(
            url or os.environ.get("SIRVE_URL") or "http://127.0.0.1:8080",
            key=key or os.environ.get("SIRVE_API_KEY"),
            timeout=timeout,
            retries=retries,
            ca_file=ca_file,
            client_certificate=client_certificate,
        )
        #: Models, versions, aliases, endpoints: adding, promoting, rolling back.
        self.registry = Registry(self._transport)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def is_ready(self) -> bool:
        """Whether the server takes requests."""
        try:
            self._transport.send("GET", "/health/ready", retries=0)
        except SirveError:
            return False
        return True

    def predict(
        self,
        model: str,
        data: "Row | Iterable[Row] | pd.DataFrame",
        *,
        version: int | None = None,
        split_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> Prediction:
        """Predictions of rows: a row by column name, a list of rows, or a pandas DataFrame.

        ``model`` may be an endpoint, or name an alias or version: ``churn@challenger``, ``churn@7``.
        Missing values (None, NaN, pandas.NA) are sent as null. Raises SirveError.
        """
        body = encode_json({"rows": _rows_of(data)})
        return self._ask(model, version, body, "application/json", split_key, deadline_ms)

    def predict_file(
        self,
        model: str,
        file: str | os.PathLike[str] | bytes,
        *,
        media_type: str = "application/octet-stream",
        version: int | None = None,
        split_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> Prediction:
        """The prediction of a picture, sound or text: a path or its bytes. What it is the server sees by itself."""
        data = file if isinstance(file, bytes) else Path(file).read_bytes()
        return self._ask(model, version, data, media_type, split_key, deadline_ms)

    def infer(
        self,
        model: str,
        inputs: Mapping[str, Array],
        *,
        outputs: Sequence[str] | None = None,
        version: int | None = None,
        split_key: str | None = None,
        deadline_ms: int | None = None,
    ) -> Prediction:
        """Outputs of whole tensors: numpy arrays by input name, sent as bytes (Open Inference V2).

        Arrays of strings (``str``, ``bytes`` or objects) become BYTES. Raises SirveError.
        """
        body, length = encode_request(inputs, outputs)
        path = path_of("v2", "models", model, *(("versions", version) if version else ())) + "/infer"
        headers = {"content-type": "application/octet-stream", _JSON_LENGTH: str(length), **_wishes(split_key, deadline_ms)}
        response = self._transport.send("POST", path, body=body, headers=headers, repeatable=True)
        lead = response.headers.get(_JSON_LENGTH)
        answer, arrays = decode_response(response.data, int(lead) if lead else None)
        return Prediction(
            model=response.headers.get("x-model") or answer["model_name"],
            version=int(answer["model_version"]),
            variant=response.headers.get("x-sirve-variant"),
            outputs=arrays,
            cost_us=_number(response.headers.get("x-sirve-cost-us")),
            request_id=response.headers.get("x-request-id"),
        )

    def stream(self, model: str, rows: Iterable[Row], *, version: int | None = None) -> Iterator[Prediction]:
        """Predictions of rows one by one, in order, while rows are still being sent.

        A row that fails raises SirveError and ends the stream.
        """
        path = _predict_path(model, version) + "/stream"
        lines = (encode_json({"rows": [row]}) + b"\n" for row in rows)
        headers = {"content-type": "application/x-ndjson"}
        response = self._transport.send("POST", path, body=lines, headers=headers, stream=True)
        for line in lines_of(response):
            answer = json.loads(line)
            if "error" in answer:
                raise problem_error(answer["error"])
            yield _prediction(answer, response)

    def _ask(
        self,
        model: str,
        version: int | None,
        body: bytes,
        media_type: str,
        split_key: str | None,
        deadline_ms: int | None,
    ) -> Prediction:
        headers = {"content-type": media_type, **_wishes(split_key, deadline_ms)}
        path = _predict_path(model, version)
        response = self._transport.send("POST", path, body=body, headers=headers, repeatable=True)
        return _prediction(json.loads(response.data), response)


def _rows_of(data: Any) -> list[Any]:
    if hasattr(data, "to_dict") and hasattr(data, "columns"):
        rows: list[Any] = data.to_dict(orient="records")
        return rows
    if isinstance(data, Mapping):
        return [data]
    rows = list(data)
    if rows and not isinstance(rows[0], (Mapping, list, tuple)) and not hasattr(rows[0], "tolist"):
        return [rows]
    return rows


def _predict_path(model: str, version: int | None) -> str:
    return path_of("predict", model, *(("versions", version) if version else ()))


def _wishes(split_key: str | None, deadline_ms: int | None) -> dict[str, str]:
    wishes: dict[str, str] = {}
    if split_key is not None:
        wishes["x-split-key"] = split_key
    if deadline_ms is not None:
        wishes["x-sirve-deadline-ms"] = str(deadline_ms)
    return wishes


def _prediction(answer: dict[str, Any], response: urllib3.BaseHTTPResponse) -> Prediction:
    return Prediction(
        model=answer["model"],
        version=answer["version"],
        variant=answer.get("variant") or response.headers.get("x-sirve-variant"),
        predictions=answer.get("predictions", []),
        warnings=answer.get("warnings", []),
        cost_us=answer.get("costUs"),
        request_id=response.headers.get("x-request-id"),
    )


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)
