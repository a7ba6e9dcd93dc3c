"""Google's PredictionServiceClient over REST, unmodified, against api_endpoint."""

import base64
import json
import os
import pathlib
import unittest

from google.api_core import exceptions
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.api.httpbody_pb2 import HttpBody
from google.cloud.aiplatform_v1 import PredictionServiceClient
from google.cloud.aiplatform_v1.services.prediction_service.transports import PredictionServiceRestTransport
from google.protobuf import json_format
from google.protobuf.struct_pb2 import Value

FLIGHT = {"origin": "ORD", "destination": "MSP", "distance": 334, "hour": 13, "dayOfWeek": 3, "month": 6}
PICTURE = pathlib.Path(os.environ["SIRVE_PICTURE"])


def client():
    transport = PredictionServiceRestTransport(
        host=os.environ["SIRVE_HTTP"], credentials=AnonymousCredentials(), url_scheme="http"
    )
    return PredictionServiceClient(transport=transport, client_options=None)


def endpoint(name):
    return f"projects/p/locations/us-central1/endpoints/{name}"


def value(plain):
    return json_format.ParseDict(plain, Value())


class Predict(unittest.TestCase):
    def test_instances_are_predicted_and_the_model_is_told(self):
        answer = client().predict(endpoint=endpoint("flight-delay"), instances=[value(FLIGHT), value(FLIGHT)])
        self.assertEqual(len(answer.predictions), 2)
        self.assertEqual(answer.predictions[0]["label"], "on time")
        self.assertEqual((answer.model, answer.model_version_id), ("flight-delay", "1"))

    def test_a_picture_in_base64_is_an_instance(self):
        picture = {"b64": base64.b64encode(PICTURE.read_bytes()).decode()}
        answer = client().predict(endpoint=endpoint("fashion"), instances=[value(picture)])
        self.assertTrue(answer.predictions[0]["label"])

    def test_raw_predict_takes_the_bytes_of_any_type(self):
        body = HttpBody(data=json.dumps(FLIGHT).encode(), content_type="application/json")
        answer = client().raw_predict(endpoint=endpoint("flight-delay"), http_body=body)
        self.assertIn(b"on time", answer.data)

    def test_an_endpoint_that_is_not_there_is_not_found(self):
        with self.assertRaises(exceptions.NotFound):
            client().predict(endpoint=endpoint("nothing-here"), instances=[value(FLIGHT)])

    def test_a_bad_instance_is_a_bad_request_that_names_the_column(self):
        with self.assertRaises(exceptions.BadRequest) as caught:
            client().predict(endpoint=endpoint("flight-delay"), instances=[value({**FLIGHT, "distance": "far"})])
        self.assertIn("distance", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
