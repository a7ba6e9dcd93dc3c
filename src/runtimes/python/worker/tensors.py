"""Tensors of a frame as the user's code sees them, and back: numpy arrays where numpy is installed."""

import importlib.util
import struct

from . import plain

np = None
if importlib.util.find_spec("numpy") is not None:
    import numpy as np

NUMPY = {
    "BOOL": "?",
    "UINT8": "u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "INT8": "i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "FP16": "<f2",
    # Its 16 bits: numpy has no such number.
    "BF16": "<u2",
    "FP32": "<f4",
    "FP64": "<f8",
}
# So that the server can look at numbers where they lie.
ALIGNMENT = 8


class Wrong(Exception):
    """An answer that is not what the handler declares."""


def decode(described, payload):
    """Tensors by name; each has memory of its own."""
    tensors, at = {}, 0
    view = memoryview(payload)
    for one in described:
        part = view[at : at + one["bytes"]]
        at += one["bytes"] + -one["bytes"] % ALIGNMENT
        tensors[one["name"]] = decode_one(one["dtype"], one["shape"], part)
    return tensors


def decode_one(dtype, shape, part):
    if dtype == "BYTES":
        texts = decode_texts(part)
        if np is None:
            return plain.tensor(dtype, shape, texts)
        array = np.empty(len(texts), dtype=object)
        array[:] = texts
        return array.reshape(shape)
    if np is None:
        return plain.decode(dtype, shape, part)
    return np.frombuffer(part, dtype=NUMPY[dtype]).reshape(shape)


def decode_texts(part):
    """Bytes that are no UTF-8 are kept as lone surrogates, and come back as they were."""
    texts, at = [], 0
    while at < len(part):
        (size,) = struct.unpack_from("<I", part, at)
        at += 4
        texts.append(str(part[at : at + size], "utf-8", "surrogateescape"))
        at += size
    return texts


def encode(answer, declared):
    """Descriptions and payload of what `predict` gave."""
    if not isinstance(answer, dict):
        raise Wrong("predict gave %s, expected a dict of the outputs" % type(answer).__name__)
    described, parts = [], []
    for name, spec in declared.items():
        if name not in answer:
            raise Wrong('predict gave no output "%s"' % name)
        shape, raw = encode_one(name, spec["dtype"], answer[name])
        described.append({"name": name, "dtype": spec["dtype"], "shape": shape, "bytes": len(raw)})
        parts.append(raw)
        parts.append(bytes(-len(raw) % ALIGNMENT))
    return described, parts


def encode_one(name, dtype, value):
    if np is None or isinstance(value, plain.Tensor):
        return encode_plain(name, dtype, value)
    if hasattr(value, "detach"):
        # A tensor of PyTorch, perhaps on a GPU.
        value = value.detach().cpu().numpy()
    if dtype == "BYTES":
        array = np.asarray(value, dtype=object)
        return list(array.shape), encode_texts(array.ravel().tolist())
    array = np.asarray(value)
    wanted = np.dtype(NUMPY[dtype])
    # 64-bit results of a 32-bit output are rounded, as everywhere in numpy; numbers for text are not.
    if not np.can_cast(array.dtype, wanted, "same_kind") and array.size > 0:
        raise Wrong('output "%s" is %s, expected %s' % (name, array.dtype, dtype))
    # Not ascontiguousarray, which makes a scalar a vector.
    array = np.asarray(array, dtype=wanted, order="C")
    return list(array.shape), memoryview(array.reshape(-1).view("u1")) if array.size else b""


def encode_plain(name, dtype, value):
    shape, values = plain.flatten(value)
    try:
        return shape, encode_texts(values) if dtype == "BYTES" else plain.encode(dtype, values)
    except (TypeError, ValueError, OverflowError, struct.error) as error:
        raise Wrong('output "%s" is not %s: %s' % (name, dtype, error)) from error


def encode_texts(texts):
    out = bytearray()
    for text in texts:
        raw = bytes(text) if isinstance(text, (bytes, bytearray)) else str(text).encode("utf-8", "surrogateescape")
        out += struct.pack("<I", len(raw)) + raw
    return bytes(out)
