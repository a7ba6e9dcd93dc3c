"""Models, versions, aliases and endpoints of a Sirve server with a registry."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import SirveError
from .transport import Transport, path_of

_API = "/api/v1"
_PIECE = 1 << 20
Progress = Callable[[int, int], None]


class Registry:
    """The management API. Answers are the server's JSON as dictionaries; see its ``/docs``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def models(self) -> list[dict[str, Any]]:
        """Every model with its aliases, versions and states."""
        return list(self._pages("/models", "models"))

    def model(self, name: str) -> dict[str, Any]:
        """One model, with what it takes and gives."""
        return self._call("GET", path_of("models", name))

    def versions(self, model: str) -> list[dict[str, Any]]:
        """Versions of a model, newest first."""
        return list(self._pages(path_of("models", model) + "/versions", "versions"))

    def version(self, model: str, version: int) -> dict[str, Any]:
        """One version: files, signature, metrics, lineage, aliases, state."""
        return self._call("GET", path_of("models", model, "versions", version))

    def diff(self, model: str, old: int, new: int) -> list[dict[str, Any]]:
        """What differs between two versions; ``breaks`` marks what clients of the first would notice."""
        answer = self._call("GET", path_of("models", model) + "/diff", query={"from": old, "to": new})
        differences: list[dict[str, Any]] = answer["differences"]
        return differences

    def add(
        self,
        path: str | os.PathLike[str],
        name: str,
        *,
        alias: str | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
        data: str | None = None,
        code: str | None = None,
        run: str | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Uploads a model file, or a folder of files, and registers it as the next version of ``name``.

        A file of any name is sent as ``model.onnx``. What the server has already is not sent again;
        an upload that breaks off goes on where it stood. ``progress`` is told bytes done and bytes in all.
        """
        files = _files_of(Path(path))
        described: list[dict[str, Any]] = [
            {"name": one, "digest": _digest(file), "bytes": file.stat().st_size}
            for one, file in files.items()
        ]
        whole = sum(entry["bytes"] for entry in described)
        done = 0
        for entry in described:
            self._upload(files[entry["name"]], entry["digest"], _shifted(progress, done, whole))
            done += entry["bytes"]
        lineage = {key: value for key, value in (("data", data), ("code", code), ("run", run)) if value is not None}
        body: dict[str, Any] = {
            "files": described,
            "metrics": dict(metrics or {}),
            "tags": dict(tags or {}),
            "lineage": lineage,
        }
        if alias is not None:
            body["alias"] = alias
        return self._change("POST", path_of("models", name) + "/versions", body)

    def promote(
        self, model: str, version: int, *, alias: str = "champion", force: bool = False, reason: str | None = None
    ) -> dict[str, Any]:
        """Moves an alias to a version once it loads and passes its checks; raises SirveError if it does not."""
        body = {"version": version, "alias": alias, "force": force, **_given(reason=reason)}
        return self._change("POST", path_of("models", model) + "/promote", body)

    def rollback(
        self, model: str, *, to: int | None = None, alias: str = "champion", reason: str | None = None
    ) -> dict[str, Any]:
        """Moves an alias back one step, or to a version."""
        return self._change("POST", path_of("models", model) + "/rollback", {"alias": alias, **_given(to=to, reason=reason)})

    def delete(self, model: str, version: int | None = None) -> None:
        """Deletes a version, or a whole model; refused while it serves."""
        self._call("DELETE", path_of("models", model, *(("versions", version) if version else ())))

    def endpoints(self) -> list[dict[str, Any]]:
        """Endpoints with their variants."""
        return list(self._pages("/endpoints", "endpoints"))

    def endpoint(self, name: str) -> dict[str, Any]:
        """One endpoint, who answered for it, and what its shadow was seen to do."""
        return self._call("GET", path_of("endpoints", name))

    def set_endpoint(
        self, name: str, variants: list[dict[str, Any]], *, shadow: Mapping[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        """Creates or changes an endpoint: ``[{"name": "a", "target": "churn@champion", "weight": 90}, …]``."""
        body = {"variants": variants, **_given(shadow=dict(shadow) if shadow else None), **more}
        return self._call("PUT", path_of("endpoints", name), json_body=body)

    def delete_endpoint(self, name: str) -> None:
        """Deletes an endpoint; its models stay."""
        self._call("DELETE", path_of("endpoints", name))

    def audit(self, *, model: str | None = None) -> Iterator[dict[str, Any]]:
        """Every change, newest first."""
        yield from self._pages("/audit", "entries", model=model)

    def _upload(self, file: Path, digest: str, progress: Callable[[int], None]) -> None:
        path = f"{_API}/uploads/{digest}"
        size = file.stat().st_size
        for attempt in range(5):
            offset, complete = self._upload_status(path)
            if complete:
                break
            try:
                self._transport.send(
                    "PUT",
                    path,
                    body=_pieces(file, offset, progress),
                    headers={"upload-offset": str(offset), "content-length": str(size - offset)},
                )
                break
            except SirveError as error:
                if attempt == 4 or error.code not in ("unreachable", "unavailable", "deadline_exceeded"):
                    raise
                # Another client may be sending the same file.
                time.sleep(0.1 * 2**attempt)
        progress(size)

    def _upload_status(self, path: str) -> tuple[int, bool]:
        headers = self._transport.send("HEAD", path).headers
        return int(headers.get("upload-offset", "0")), headers.get("upload-complete") == "true"

    def _pages(self, path: str, field: str, **query: Any) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            page = self._call("GET", path, query={**query, "after": after})
            yield from page[field]
            after = page.get("next")
            if after is None:
                return

    def _change(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        # With a key of its own the server does it once, however often it is sent.
        headers = {"idempotency-key": str(uuid.uuid4())}
        return self._call(method, path, json_body=body, headers=headers, repeatable=True)

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._transport.json(method, _API + path, **options) or {}
        return answer


def _files_of(path: Path) -> dict[str, Path]:
    if path.is_dir():
        files = {one.name: one for one in sorted(path.iterdir()) if one.is_file() and not one.name.startswith(".")}
        if "model.onnx" not in files:
            raise FileNotFoundError(f"{path} has no model.onnx")
        return files
    if not path.is_file():
        raise FileNotFoundError(f"there is no file at {path}")
    beside = path.with_suffix(".json")
    return {"model.onnx": path, **({"model.json": beside} if beside.is_file() else {})}


def _digest(file: Path) -> str:
    hashed = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            hashed.update(piece)
    return hashed.hexdigest()


def _pieces(file: Path, offset: int, progress: Callable[[int], None]) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(offset)
        while piece := opened.read(_PIECE):
            yield piece
            offset += len(piece)
            progress(offset)


def _shifted(progress: Progress | None, before: int, whole: int) -> Callable[[int], None]:
    def report(sent: int) -> None:
        if progress:
            progress(before + sent, whole)

    return report


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
