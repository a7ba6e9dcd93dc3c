"""TensorFlow Serving's REST API by requests: its project publishes no REST client, only examples that call it so."""

import math
import os
import unittest

import requests

URL = f"http://{os.environ['SIRVE_HTTP']}/v1/models"
FLIGHT = {"origin": "ORD", "destination": "MSP", "distance": 334, "hour": 13, "dayOfWeek": 3, "month": 6}


def post(path, body):
    return requests.post(f"{URL}/{path}", json=body, timeout=10)


class Predict(unittest.TestCase):
    def test_rows_are_answered_by_rows(self):
        answer = post("flight-delay:predict", {"signature_name": "serving_default", "instances": [FLIGHT, FLIGHT]}).json()
        self.assertEqual(list(answer), ["predictions"])
        self.assertEqual(len(answer["predictions"]), 2)
        self.assertEqual(set(answer["predictions"][0]), {"label", "probabilities"})
        self.assertTrue(math.isclose(sum(answer["predictions"][0]["probabilities"]), 1, rel_tol=1e-5))

    def test_columns_are_answered_by_columns(self):
        columns = {name: [[cell], [cell]] for name, cell in FLIGHT.items()}
        answer = post("flight-delay/versions/1:predict", {"inputs": columns}).json()
        self.assertEqual([len(rows) for rows in answer["outputs"].values()], [2, 2])

    def test_a_model_of_one_input_takes_and_gives_plain_values(self):
        pictures = [[[[0.0] * 28] * 28], [[[0.5] * 28] * 28]]
        rows = post("fashion:predict", {"instances": pictures}).json()["predictions"]
        self.assertEqual([len(row) for row in rows], [10, 10])
        self.assertEqual(post("fashion:predict", {"inputs": pictures}).json()["outputs"], rows)

    def test_classify_gives_labels_with_scores(self):
        answer = post("flight-delay:classify", {"context": {"origin": "ORD"}, "examples": [{k: [v] for k, v in FLIGHT.items() if k != "origin"}]})
        ((first, second),) = answer.json()["results"]
        self.assertEqual((first[0], second[0]), ("on time", "late"))


class Describe(unittest.TestCase):
    def test_status_and_metadata_have_the_fields_that_clients_read(self):
        status = requests.get(f"{URL}/flight-delay", timeout=10).json()
        (version,) = status["model_version_status"]
        self.assertEqual((version["version"], version["state"], version["status"]["error_code"]), ("1", "AVAILABLE", "OK"))
        metadata = requests.get(f"{URL}/flight-delay/metadata", timeout=10).json()
        inputs = metadata["metadata"]["signature_def"]["signature_def"]["serving_default"]["inputs"]
        self.assertEqual(inputs["distance"]["dtype"], "DT_FLOAT")
        self.assertEqual(inputs["distance"]["tensor_shape"]["dim"][0]["size"], "-1")

    def test_kserve_v1_finds_its_fields_at_the_same_path(self):
        status = requests.get(f"{URL}/flight-delay", timeout=10).json()
        self.assertEqual((status["name"], status["ready"]), ("flight-delay", True))
        self.assertIn("flight-delay", requests.get(URL, timeout=10).json()["models"])


class Refusals(unittest.TestCase):
    def refused(self, answer, status, text):
        self.assertEqual(answer.status_code, status, answer.text)
        self.assertIn(text, answer.json()["error"])

    def test_each_mistake_has_its_status_and_words(self):
        self.refused(post("nothing:predict", {"instances": [1]}), 404, "Servable not found for request: Latest(nothing)")
        self.refused(post("flight-delay/versions/9:predict", {"instances": [1]}), 404, "Specific(flight-delay, 9)")
        self.refused(post("flight-delay:predict", {}), 400, "Missing 'inputs' or 'instances' key")
        self.refused(post("flight-delay:predict", {"instances": []}), 400, "No values in 'instances' array")
        self.refused(post("flight-delay:predict", {"instances": [FLIGHT], "inputs": 1}), 400, "only one of")
        self.refused(post("flight-delay:predict", {"inputs": {"origin": [["ORD"]]}}), 400, "Missing named input")
        self.refused(post("flight-delay:predict", {"signature_name": "other", "instances": [FLIGHT]}), 400, "not found in signature def")
        self.refused(requests.post(f"{URL}/flight-delay:predict", data="{", timeout=10), 400, "JSON Parse error")
        self.refused(requests.get(f"{URL}/nothing", timeout=10), 404, "Could not find any versions of model nothing")
        self.refused(requests.delete(f"{URL}/flight-delay", timeout=10), 400, "Malformed request")


if __name__ == "__main__":
    unittest.main()
