"""Predictions of the example models by a real server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sirve import Client, SirveError

FLIGHTS = Path(__file__).resolve().parents[3] / "examples" / "data" / "flights.csv"


def test_a_row_is_predicted_with_who_answered_and_what_it_cost(sirve: Client) -> None:
    row = pd.read_csv(FLIGHTS).iloc[0].to_dict()
    answer = sirve.predict("flight-delay", row)
    assert answer.model == "flight-delay"
    assert answer.version >= 1
    assert len(answer.predictions) == 1
    assert answer.cost_us is not None and answer.cost_us > 0
    assert answer.request_id


def test_a_data_frame_comes_back_as_a_frame_row_by_row(sirve: Client) -> None:
    frame = pd.read_csv(FLIGHTS)
    answer = sirve.predict("flight-delay", frame)
    table = answer.to_frame()
    assert len(table) == len(frame)
    alone = [sirve.predict("flight-delay", [row]).predictions[0]["label"] for row in frame.head(3).to_dict("records")]
    assert table["label"].head(3).tolist() == alone


def test_missing_values_are_sent_as_null(sirve: Client) -> None:
    row = pd.read_csv(FLIGHTS).iloc[0].to_dict()
    numeric = next(name for name, value in row.items() if not isinstance(value, str))
    for missing in (None, float("nan"), pd.NA, np.float32("nan")):
        assert sirve.predict("flight-delay", {**row, numeric: missing}).predictions


def test_arrays_go_and_come_as_bytes(sirve: Client) -> None:
    picture = np.zeros((2, 1, 28, 28), dtype=np.float32)
    answer = sirve.infer("fashion", {"x": picture})
    (name,) = answer.outputs
    assert answer.outputs[name].shape == (2, 10)
    assert answer.outputs[name].dtype == np.float32
    assert np.array_equal(answer.outputs[name][0], answer.outputs[name][1])
    again = sirve.infer("fashion", {"x": picture.astype(">f4")}, outputs=[name])
    assert np.array_equal(again.outputs[name], answer.outputs[name])


def test_texts_are_predicted_from_bytes_and_as_strings(sirve: Client) -> None:
    text = b"You have won a prize! Reply now to claim"
    answer = sirve.predict_file("spam", text, media_type="text/plain")
    assert answer.predictions[0]["label"]


def test_a_stream_answers_in_order(sirve: Client) -> None:
    rows = pd.read_csv(FLIGHTS).to_dict("records")
    labels = [one.predictions[0]["label"] for one in sirve.stream("flight-delay", iter(rows))]
    assert labels == [one["label"] for one in sirve.predict("flight-delay", rows).predictions]


def test_what_is_wrong_is_said_with_field_and_expectation(sirve: Client) -> None:
    with pytest.raises(SirveError) as caught:
        sirve.predict("flight-delay", [{"distance": "far"}])
    assert caught.value.code == "invalid_argument"
    assert caught.value.status == 400
    assert caught.value.field
    with pytest.raises(SirveError, match="not found") as caught:
        sirve.predict("no-such-model", [{}])
    assert caught.value.code == "not_found"
    with pytest.raises(SirveError) as caught:
        sirve.infer("fashion", {"x": np.zeros((1, 3), dtype=np.float32)})
    assert caught.value.code == "invalid_argument"


def test_a_server_that_is_not_there_is_said_to_be_unreachable() -> None:
    with Client("http://127.0.0.1:9", retries=0) as client, pytest.raises(SirveError) as caught:
        client.predict("m", [{}])
    assert caught.value.code == "unreachable"


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="expected http://HOST:PORT"):
        Client("localhost")
