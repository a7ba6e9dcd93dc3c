"""boto3's sagemaker-runtime, unmodified, against endpoint_url."""

import io
import json
import os
import unittest

import boto3
import numpy as np
from botocore.config import Config
from botocore.exceptions import ClientError

FLIGHT = {"origin": "ORD", "destination": "MSP", "distance": 334, "hour": 13, "dayOfWeek": 3, "month": 6}


def client(**more):
    return boto3.client(
        "sagemaker-runtime",
        endpoint_url=f"http://{os.environ['SIRVE_HTTP']}",
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"max_attempts": 1}),
        **more,
    )


class InvokeEndpoint(unittest.TestCase):
    def test_a_row_is_predicted_and_the_variant_is_told(self):
        answer = client().invoke_endpoint(
            EndpointName="flight-delay", ContentType="application/json", Body=json.dumps(FLIGHT), CustomAttributes="trace=1"
        )
        self.assertEqual(answer["InvokedProductionVariant"], "AllTraffic")
        self.assertEqual(answer["ContentType"], "application/json")
        self.assertEqual(answer["CustomAttributes"], "trace=1")
        self.assertEqual(json.loads(answer["Body"].read())["predictions"][0]["label"], "on time")

    def test_csv_comes_and_goes(self):
        answer = client().invoke_endpoint(
            EndpointName="flight-delay", ContentType="text/csv", Accept="text/csv", Body="ORD,MSP,334,13,3,6\nJFK,LAX,2475,7,1,1\n"
        )
        lines = answer["Body"].read().decode().strip().split("\n")
        self.assertEqual(len(lines), 3)
        self.assertTrue(lines[0].startswith("label"))

    def test_json_lines_are_rows(self):
        body = "\n".join(json.dumps(FLIGHT) for _ in range(3))
        answer = client().invoke_endpoint(EndpointName="flight-delay", ContentType="application/jsonlines", Body=body)
        self.assertEqual(len(json.loads(answer["Body"].read())["predictions"]), 3)

    def test_numpy_comes_and_goes(self):
        picture = np.random.default_rng(1).random((2, 1, 28, 28), dtype=np.float32)
        file = io.BytesIO()
        np.save(file, picture)
        answer = client().invoke_endpoint(
            EndpointName="fashion", ContentType="application/x-npy", Accept="application/x-npy", Body=file.getvalue()
        )
        logits = np.load(io.BytesIO(answer["Body"].read()))
        self.assertEqual((logits.shape, logits.dtype), ((2, 10), np.float32))

    def test_a_stream_has_the_payload_in_parts(self):
        answer = client().invoke_endpoint_with_response_stream(
            EndpointName="flight-delay", ContentType="application/json", Body=json.dumps(FLIGHT)
        )
        self.assertEqual(answer["ContentType"], "application/json")
        payload = b"".join(event["PayloadPart"]["Bytes"] for event in answer["Body"])
        self.assertEqual(json.loads(payload)["model"], "flight-delay")

    def test_an_endpoint_that_is_not_there_is_a_validation_error(self):
        with self.assertRaises(ClientError) as caught:
            client().invoke_endpoint(EndpointName="nothing-here", Body=b"{}")
        self.assertEqual(caught.exception.response["Error"]["Code"], "ValidationError")

    def test_a_bad_row_is_a_model_error_with_the_words_of_the_model(self):
        with self.assertRaises(ClientError) as caught:
            client().invoke_endpoint(EndpointName="flight-delay", ContentType="application/json", Body=json.dumps({**FLIGHT, "distance": "far"}))
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Code"], "ModelError")
        self.assertEqual(answer["OriginalStatusCode"], 400)
        self.assertIn("distance", answer["OriginalMessage"])


if __name__ == "__main__":
    unittest.main()
