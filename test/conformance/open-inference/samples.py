"""Inputs of every element type, and the models of test/artifacts/models that take them."""

import json
import pathlib

import ml_dtypes
import numpy as np

MODELS = pathlib.Path(__file__).parents[2] / "artifacts" / "models"


def _edges(dtype):
    info = np.iinfo(dtype)
    return np.array([[info.min, info.max, 0, 1], [info.min + 1, info.max - 1, 7, 42]], dtype)


def _floats(dtype):
    return np.array([[0.0, -0.0, 1.0, -1.5], [np.inf, -np.inf, np.nan, 0.1]], dtype)


# The model, the protocol's name of its type, and values with every edge of it.
TYPES = [
    ("identity-bool", "BOOL", np.array([[True, False], [False, True]])),
    ("identity-int8", "INT8", _edges(np.int8)),
    ("identity-int16", "INT16", _edges(np.int16)),
    ("identity-int32", "INT32", _edges(np.int32)),
    ("identity-int64", "INT64", _edges(np.int64)),
    ("identity-uint8", "UINT8", _edges(np.uint8)),
    ("identity-uint16", "UINT16", _edges(np.uint16)),
    ("identity-uint32", "UINT32", _edges(np.uint32)),
    ("identity-uint64", "UINT64", _edges(np.uint64)),
    ("identity-fp16", "FP16", _floats(np.float16)),
    ("identity-bf16", "BF16", _floats(ml_dtypes.bfloat16)),
    ("identity-fp32", "FP32", _floats(np.float32)),
    ("identity-fp64", "FP64", _floats(np.float64)),
    (
        "identity-string",
        "BYTES",
        np.array([["", "plain", "Zürich"], ["日本語", "😀", 'quote " and \\ and \n']], dtype=object),
    ),
]


def as_text(array):
    """A BYTES answer with its elements as text, so that it compares equal to what was sent."""
    decode = np.vectorize(lambda v: v.decode() if isinstance(v, bytes) else v, otypes=[object])
    return decode(array) if array.size else array


def check_equal(got, sent):
    """Bit for bit, so that NaN equals NaN and -0.0 does not equal 0.0."""
    assert got is not None, "the output is not there"
    assert got.shape == sent.shape, f"shape {got.shape}, expected {sent.shape}"
    if sent.dtype == object:
        assert (as_text(got) == sent).all(), f"{as_text(got)}, expected {sent}"
        return
    assert got.dtype == sent.dtype, f"type {got.dtype}, expected {sent.dtype}"
    if sent.size == 0:
        return
    nan = np.isnan(sent.astype(np.float64)) if sent.dtype.kind in "fV" else np.zeros(sent.shape, bool)
    same = got.view(np.uint8).reshape(*sent.shape, -1) == sent.view(np.uint8).reshape(*sent.shape, -1)
    assert (same.all(axis=-1) | nan).all(), f"{got}, expected {sent}"
    if nan.any():
        assert np.isnan(got.astype(np.float64))[nan].all(), f"{got}, expected {sent}"


def columns(model):
    """The samples of a tabular model as one array [n, 1] for each column, with the expected outputs."""
    samples = json.loads((MODELS / model / "samples.json").read_text())["samples"]
    inputs = {}
    for name, first in samples[0]["inputs"].items():
        values = [sample["inputs"][name] for sample in samples]
        if isinstance(first, str):
            inputs[name] = np.array(values, dtype=object).reshape(-1, 1)
        else:
            numbers = [np.nan if v is None else v for v in values]
            inputs[name] = np.array(numbers, np.float32).reshape(-1, 1)
    return inputs, samples


def add_sub(module):
    """The two inputs of `add-sub` for tritonclient's HTTP or gRPC module, with sum and difference."""
    first = np.arange(32, dtype=np.int32).reshape(2, 16)
    second = np.full((2, 16), 3, np.int32)
    inputs = [module.InferInput(name, [2, 16], "INT32") for name in ("INPUT0", "INPUT1")]
    inputs[0].set_data_from_numpy(first)
    inputs[1].set_data_from_numpy(second)
    return inputs, first + second, first - second
