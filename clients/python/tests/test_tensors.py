"""The binary encoding of tensors, without a server."""

from __future__ import annotations

import json

import numpy as np
import pytest

from sirve.tensors import decode_response, encode_request

DTYPES = ["?", "u1", "<u2", "<u4", "<u8", "i1", "<i2", "<i4", "<i8", "<f2", "<f4", "<f8"]


@pytest.mark.parametrize("code", DTYPES)
def test_each_dtype_comes_back_bit_for_bit(code: str) -> None:
    values = np.arange(24).astype(code).reshape(2, 3, 4)
    body, length = encode_request({"x": values[:, ::-1]}, None)
    request = json.loads(body[:length])
    answer = json.dumps({"outputs": request["inputs"]}).encode()
    _, outputs = decode_response(answer + body[length:], len(answer))
    assert outputs["x"].dtype == np.dtype(code)
    assert np.array_equal(outputs["x"], values[:, ::-1])


def test_strings_keep_their_letters_and_their_places() -> None:
    values = np.array([["a", ""], ["ñandú", "日本"]])
    body, length = encode_request({"x": values}, None)
    request = json.loads(body[:length])
    assert request["inputs"][0]["datatype"] == "BYTES"
    answer = json.dumps({"outputs": request["inputs"]}).encode()
    _, outputs = decode_response(answer + body[length:], len(answer))
    assert outputs["x"].tolist() == values.tolist()


def test_an_answer_that_is_cut_is_refused() -> None:
    answer = json.dumps(
        {"outputs": [{"name": "y", "datatype": "FP32", "shape": [2], "parameters": {"binary_data_size": 8}}]}
    ).encode()
    with pytest.raises(ValueError, match="has 4 of 8 bytes"):
        decode_response(answer + b"\0\0\0\0", len(answer))


def test_what_numpy_cannot_say_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match='input "when"'):
        encode_request({"when": np.array(["2026-01-01"], dtype="datetime64[D]")}, None)
