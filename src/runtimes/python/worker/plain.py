"""Tensors without numpy: `sirve.handler.Tensor`, lists, numbers and texts."""

import array
import struct

from .handler_api import Tensor

CODES = {
    "UINT8": "B",
    "UINT16": "H",
    "UINT32": "I",
    "UINT64": "Q",
    "INT8": "b",
    "INT16": "h",
    "INT32": "i",
    "INT64": "q",
    "BF16": "H",
    "FP32": "f",
    "FP64": "d",
}


def tensor(dtype, shape, values):
    return Tensor(dtype, shape, values)


def decode(dtype, shape, part):
    if dtype == "BOOL":
        values = [byte != 0 for byte in part]
    elif dtype == "FP16":
        values = list(struct.unpack("<%de" % (len(part) // 2), part))
    else:
        values = array.array(CODES[dtype])
        values.frombytes(part)
    return Tensor(dtype, shape, values)


def encode(dtype, values):
    """Raw bytes of flat values. Raises TypeError, ValueError, OverflowError or struct.error if one does not fit."""
    if dtype == "BOOL":
        return bytes(1 if value else 0 for value in values)
    if dtype == "FP16":
        return struct.pack("<%de" % len(values), *values)
    if isinstance(values, array.array) and values.typecode == CODES[dtype]:
        return values.tobytes()
    return array.array(CODES[dtype], values).tobytes()


def flatten(value):
    """Shape and flat values of a tensor, of nested lists or of one value."""
    if isinstance(value, Tensor):
        return value.shape, value.data
    if isinstance(value, (array.array, range)):
        return [len(value)], value
    if isinstance(value, (list, tuple)):
        return flatten_list(value)
    return [], [value]


def flatten_list(items):
    if not any(isinstance(item, (list, tuple, Tensor, array.array)) for item in items):
        return [len(items)], list(items)
    shapes, values = [], []
    for item in items:
        shape, flat = flatten(item)
        shapes.append(shape)
        values.extend(flat)
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("its lists differ in length")
    return [len(items)] + list(shapes[0]), values
