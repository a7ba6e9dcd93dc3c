"""numpy arrays as bodies of Open Inference V2 with the binary extension, and back.

Source: Open Inference Protocol, extension_binary_data.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_DTYPES: dict[str, str] = {
    "BOOL": "?",
    "UINT8": "<u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "INT8": "<i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
}
_NAMES = {np.dtype(code): name for name, code in _DTYPES.items()}


def encode_request(inputs: Mapping[str, Array], outputs: Sequence[str] | None) -> tuple[bytes, int]:
    """A request body and the length of the JSON that leads it."""
    parts: list[bytes] = []
    described = []
    for name, value in inputs.items():
        array = np.asarray(value)
        datatype, data = _encode(name, array)
        parts.append(data)
        described.append(
            {
                "name": name,
                "datatype": datatype,
                "shape": list(array.shape),
                "parameters": {"binary_data_size": len(data)},
            }
        )
    request: dict[str, Any] = {"inputs": described, "parameters": {"binary_data_output": True}}
    if outputs is not None:
        del request["parameters"]
        request["outputs"] = [{"name": name, "parameters": {"binary_data": True}} for name in outputs]
    head = json.dumps(request, separators=(",", ":")).encode()
    return b"".join([head, *parts]), len(head)


def decode_response(body: bytes, json_length: int | None) -> tuple[dict[str, Any], dict[str, Array]]:
    """The JSON of an answer and its outputs by name; ``json_length`` is None where it is all JSON."""
    end = len(body) if json_length is None else json_length
    answer = json.loads(body[:end])
    outputs: dict[str, Array] = {}
    for output in answer.get("outputs", []):
        size = (output.get("parameters") or {}).get("binary_data_size")
        if size is None:
            outputs[output["name"]] = _from_json(output)
            continue
        if end + size > len(body):
            raise ValueError(f'output "{output["name"]}" has {len(body) - end} of {size} bytes')
        outputs[output["name"]] = _decode(output, body[end : end + size])
        end += size
    return answer, outputs


def _encode(name: str, array: Array) -> tuple[str, bytes]:
    if array.dtype.kind in "USO":
        return "BYTES", b"".join(_framed(name, item) for item in array.reshape(-1))
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    datatype = _NAMES.get(little.dtype)
    if datatype is None:
        raise TypeError(f'input "{name}" is {array.dtype}, expected numbers, booleans or strings')
    return datatype, little.tobytes()


def _framed(name: str, item: object) -> bytes:
    if isinstance(item, str):
        data = item.encode()
    elif isinstance(item, bytes):
        data = item
    else:
        raise TypeError(f'input "{name}" has a {type(item).__name__} among its strings')
    return len(data).to_bytes(4, "little") + data


def _decode(output: Mapping[str, Any], data: bytes) -> Array:
    shape = output["shape"]
    if output["datatype"] == "BYTES":
        return np.array(_strings(data), dtype=object).reshape(shape)
    code = _DTYPES.get(output["datatype"])
    if code is None:
        raise ValueError(f'output "{output["name"]}" is {output["datatype"]}, which numpy has not')
    return np.frombuffer(data, dtype=code).reshape(shape)


def _strings(data: bytes) -> list[str]:
    texts, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        texts.append(data[at + 4 : at + 4 + size].decode("utf-8", "surrogateescape"))
        at += 4 + size
    return texts


def _from_json(output: Mapping[str, Any]) -> Array:
    dtype: Any = object if output["datatype"] == "BYTES" else _DTYPES[output["datatype"]]
    return np.array(output["data"], dtype=dtype).reshape(output["shape"])
