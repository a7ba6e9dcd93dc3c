"""tritonclient.http against REST."""

import numpy as np
import tritonclient.http as client
from case import HTTP, Case
from samples import TYPES, add_sub, check_equal, columns


class Http(Case):
    def setUp(self):
        self.client = client.InferenceServerClient(HTTP, concurrency=4)

    def tearDown(self):
        self.client.close()

    def send(self, model, values, datatype, binary_in=True, binary_out=True, **options):
        tensor = client.InferInput("x", list(values.shape), datatype)
        tensor.set_data_from_numpy(values, binary_data=binary_in)
        outputs = [client.InferRequestedOutput("y", binary_data=binary_out)]
        return self.client.infer(model, [tensor], outputs=outputs, **options)


class Health(Http):
    def test_live_ready_and_model_ready(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready("add-sub"))
        self.assertTrue(self.client.is_model_ready("add-sub", "1"))
        self.assertFalse(self.client.is_model_ready("no-such-model"))

    def test_server_metadata(self):
        metadata = self.client.get_server_metadata()
        self.assertTrue(metadata["name"] and metadata["version"])
        self.assertIn("binary_tensor_data", metadata["extensions"])

    def test_model_metadata(self):
        metadata = self.client.get_model_metadata("add-sub")
        self.assertEqual(metadata["name"], "add-sub")
        self.assertEqual(metadata["versions"], ["1"])
        names = [(i["name"], i["datatype"], i["shape"]) for i in metadata["inputs"]]
        self.assertEqual(names, [("INPUT0", "INT32", [-1, 16]), ("INPUT1", "INT32", [-1, 16])])
        self.assertEqual([o["name"] for o in metadata["outputs"]], ["OUTPUT0", "OUTPUT1"])

    def test_model_configuration(self):
        config = self.client.get_model_config("add-sub")
        self.assertEqual(config["name"], "add-sub")
        self.assertEqual([i["data_type"] for i in config["input"]], ["TYPE_INT32", "TYPE_INT32"])

    def test_statistics_count_inferences(self):
        def count():
            stats = self.client.get_inference_statistics("identity-int8")["model_stats"][0]
            return stats["inference_count"], stats["inference_stats"]["success"]["count"]

        before = count()
        self.send("identity-int8", np.zeros((3, 1), np.int8), "INT8")
        after = count()
        self.assertEqual(after[0] - before[0], 3)
        self.assertEqual(after[1] - before[1], 1)


class Types(Http):
    def test_binary_in_binary_out(self):
        for model, datatype, values in TYPES:
            with self.subTest(datatype):
                check_equal(self.send(model, values, datatype).as_numpy("y"), values)

    def test_json_in_json_out(self):
        for model, datatype, values in TYPES:
            if datatype in ("FP16", "BF16"):
                continue
            if values.dtype.kind == "f":
                values = values[np.isfinite(values)].reshape(-1, 1)  # JSON has no infinity
            with self.subTest(datatype):
                result = self.send(model, values, datatype, binary_in=False, binary_out=False)
                check_equal(result.as_numpy("y"), values)

    def test_json_in_binary_out(self):
        values = np.array([[1.5, -2.25]], np.float32)
        check_equal(self.send("identity-fp32", values, "FP32", binary_in=False).as_numpy("y"), values)

    def test_half_precision_is_refused_as_json(self):
        for model, datatype in (("identity-fp16", "FP16"), ("identity-bf16", "BF16")):
            values = next(v for m, _, v in TYPES if m == model)
            call = lambda: self.send(model, values, datatype, binary_out=False)
            self.refused(call, "400", f"sending {datatype} data via JSON is not supported")

    def test_zero_rows(self):
        values = np.zeros((0, 4), np.float32)
        check_equal(self.send("identity-fp32", values, "FP32").as_numpy("y"), values)

    def test_a_large_tensor(self):
        values = np.random.default_rng(7).random((1000, 1000), np.float32)
        check_equal(self.send("identity-fp32", values, "FP32").as_numpy("y"), values)


class Requests(Http):
    def test_two_inputs_and_two_outputs(self):
        inputs, total, difference = add_sub(client)
        result = self.client.infer("add-sub", inputs, request_id="r-1")
        check_equal(result.as_numpy("OUTPUT0"), total)
        check_equal(result.as_numpy("OUTPUT1"), difference)
        response = result.get_response()
        self.assertEqual(response["id"], "r-1")
        self.assertEqual((response["model_name"], response["model_version"]), ("add-sub", "1"))

    def test_only_the_outputs_asked_for(self):
        inputs, _, difference = add_sub(client)
        outputs = [client.InferRequestedOutput("OUTPUT1", binary_data=False)]
        result = self.client.infer("add-sub", inputs, outputs=outputs, model_version="1")
        self.assertIsNone(result.as_numpy("OUTPUT0"))
        check_equal(result.as_numpy("OUTPUT1"), difference)

    def test_mixed_binary_and_json_outputs(self):
        inputs, total, difference = add_sub(client)
        outputs = [
            client.InferRequestedOutput("OUTPUT0", binary_data=True),
            client.InferRequestedOutput("OUTPUT1", binary_data=False),
        ]
        result = self.client.infer("add-sub", inputs, outputs=outputs)
        check_equal(result.as_numpy("OUTPUT0"), total)
        check_equal(result.as_numpy("OUTPUT1"), difference)

    def test_many_requests_at_once(self):
        inputs, total, _ = add_sub(client)
        waiting = [self.client.async_infer("add-sub", inputs, request_id=str(n)) for n in range(64)]
        for number, request in enumerate(waiting):
            result = request.get_result()
            self.assertEqual(result.get_response()["id"], str(number))
            check_equal(result.as_numpy("OUTPUT0"), total)

    def test_compression_both_ways(self):
        values = np.zeros((64, 64), np.float32)
        for sent in (None, "gzip", "deflate"):
            for wanted in (None, "gzip", "deflate"):
                with self.subTest(sent=sent, wanted=wanted):
                    result = self.send(
                        "identity-fp32",
                        values,
                        "FP32",
                        request_compression_algorithm=sent,
                        response_compression_algorithm=wanted,
                    )
                    check_equal(result.as_numpy("y"), values)

    def test_parameters_are_accepted(self):
        inputs, total, _ = add_sub(client)
        result = self.client.infer(
            "add-sub", inputs, priority=1, timeout=5_000_000, parameters={"note": "text", "flag": True}
        )
        check_equal(result.as_numpy("OUTPUT0"), total)

    def test_classification(self):
        tensor = client.InferInput("x", [2, 3], "FP32")
        tensor.set_data_from_numpy(np.array([[0.1, 0.7, 0.2], [5, 1, 2]], np.float32))
        outputs = [client.InferRequestedOutput("y", class_count=2)]
        classes = self.client.infer("identity-fp32", [tensor], outputs=outputs).as_numpy("y")
        self.assertEqual(classes.shape, (2, 2))
        indices = [[int(c.decode().split(":")[1]) for c in row] for row in classes]
        self.assertEqual(indices, [[1, 2], [0, 2]])

    def test_a_scalar_input(self):
        x = client.InferInput("x", [1, 4], "FP32")
        x.set_data_from_numpy(np.arange(4, dtype=np.float32).reshape(1, 4))
        factor = client.InferInput("factor", [], "FP32")
        factor.set_data_from_numpy(np.array(2.5, np.float32))
        result = self.client.infer("scalar", [x, factor])
        check_equal(result.as_numpy("y"), np.arange(4, dtype=np.float32).reshape(1, 4) * np.float32(2.5))

    def test_real_columns_give_what_their_library_gave(self):
        for model, label in (("churn", "label"), ("flight-delay", "label"), ("spam", "label")):
            with self.subTest(model):
                inputs, samples = columns(model)
                tensors = []
                for name, values in inputs.items():
                    datatype = "BYTES" if values.dtype == object else "FP32"
                    tensors.append(client.InferInput(name, list(values.shape), datatype))
                    tensors[-1].set_data_from_numpy(values)
                version = "2" if model == "churn" else ""
                result = self.client.infer(model, tensors, model_version=version)
                expected = [s["version2"] if model == "churn" else s["outputs"] for s in samples]
                got = result.as_numpy(label).reshape(-1)
                got = [v.decode() if isinstance(v, bytes) else v for v in got]
                self.assertEqual(got, [e["label"] for e in expected])
                probabilities = np.array([e["probabilities"] for e in expected])
                np.testing.assert_allclose(result.as_numpy("probabilities"), probabilities, atol=1e-5)


class Errors(Http):
    def test_unknown_model_and_version(self):
        values = np.zeros((1, 1), np.float32)
        for call in (
            lambda: self.send("no-such-model", values, "FP32"),
            lambda: self.client.get_model_metadata("no-such-model"),
            lambda: self.client.get_model_config("no-such-model"),
        ):
            self.refused(call, "404", "Request for unknown model: 'no-such-model' is not found")
        call = lambda: self.send("identity-fp32", values, "FP32", model_version="99")
        self.refused(call, "404", "Request for unknown model: 'identity-fp32' version 99 is not found")

    def test_wrong_type(self):
        call = lambda: self.send("identity-fp32", np.zeros((1, 1), np.int32), "INT32")
        words = "inference input 'x' data-type is 'INT32', but model 'identity-fp32' expects 'FP32'"
        self.refused(call, "400", words)

    def test_wrong_shape(self):
        inputs, _, _ = add_sub(client)
        inputs[0] = client.InferInput("INPUT0", [2, 15], "INT32")
        inputs[0].set_data_from_numpy(np.zeros((2, 15), np.int32))
        self.refused(lambda: self.client.infer("add-sub", inputs), "400", "INPUT0", "add-sub", "15", "16")

    def test_missing_and_unexpected_inputs(self):
        inputs, _, _ = add_sub(client)
        call = lambda: self.client.infer("add-sub", inputs[:1])
        self.refused(call, "400", "expected 2 inputs but got 1 inputs for model 'add-sub'")
        other = client.InferInput("OTHER", [2, 16], "INT32")
        other.set_data_from_numpy(np.zeros((2, 16), np.int32))
        call = lambda: self.client.infer("add-sub", [inputs[0], other])
        self.refused(call, "400", "OTHER")

    def test_unexpected_output(self):
        inputs, _, _ = add_sub(client)
        outputs = [client.InferRequestedOutput("OTHER")]
        call = lambda: self.client.infer("add-sub", inputs, outputs=outputs)
        self.refused(call, "400", "unexpected inference output 'OTHER'")

    def test_a_model_that_fails(self):
        tensor = client.InferInput("index", [1], "INT64")
        tensor.set_data_from_numpy(np.array([-1], np.int64))
        with self.assertRaises(client.InferenceServerException) as caught:
            self.client.infer("fails-on-negative", [tensor])
        self.assertIn(str(caught.exception.status()), ("400", "500"))
        tensor.set_data_from_numpy(np.array([3], np.int64))
        self.assertEqual(self.client.infer("fails-on-negative", [tensor]).as_numpy("row").shape, (1, 4))

    def test_a_run_that_overstays_its_timeout(self):
        tensor = client.InferInput("x", [1, 4], "FP32")
        tensor.set_data_from_numpy(np.full((1, 4), -1, np.float32))
        with self.assertRaises(client.InferenceServerException):
            self.client.infer("endless-on-negative", [tensor], timeout=300_000)
        tensor.set_data_from_numpy(np.ones((1, 4), np.float32))
        result = self.client.infer("endless-on-negative", [tensor])
        check_equal(result.as_numpy("y"), np.ones((1, 4), np.float32))

    def test_shared_memory_is_not_supported(self):
        with self.assertRaises(client.InferenceServerException):
            self.client.register_system_shared_memory("region", "/key", 64)


class Repository(Http):
    def test_index_names_every_model(self):
        index = self.client.get_model_repository_index()
        found = {(m["name"], m["version"], m["state"]) for m in index}
        self.assertIn(("add-sub", "1", "READY"), found)

    def test_a_watched_folder_decides_itself_what_is_loaded(self):
        words = "explicit model load / unload is not allowed if polling is enabled"
        self.refused(lambda: self.client.unload_model("identity-uint8"), "503", words)
        self.refused(lambda: self.client.load_model("identity-uint8"), "503", words)
        self.assertTrue(self.client.is_model_ready("identity-uint8"))
