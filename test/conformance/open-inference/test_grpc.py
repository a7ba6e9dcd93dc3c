"""tritonclient.grpc against the gRPC service, its streams included."""

import queue

import numpy as np
import tritonclient.grpc as client
from case import GRPC, Case
from samples import TYPES, add_sub, check_equal


class Grpc(Case):
    def setUp(self):
        self.client = client.InferenceServerClient(GRPC)

    def tearDown(self):
        self.client.close()

    def tensor(self, values, datatype, name="x"):
        tensor = client.InferInput(name, list(values.shape), datatype)
        tensor.set_data_from_numpy(values)
        return tensor


class Health(Grpc):
    def test_live_ready_and_model_ready(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        self.assertTrue(self.client.is_model_ready("add-sub", "1"))
        self.assertFalse(self.client.is_model_ready("no-such-model"))

    def test_metadata_configuration_and_statistics(self):
        self.assertTrue(self.client.get_server_metadata().name)
        metadata = self.client.get_model_metadata("add-sub", as_json=True)
        shapes = [(i["name"], i["datatype"], i["shape"]) for i in metadata["inputs"]]
        self.assertEqual(shapes, [("INPUT0", "INT32", ["-1", "16"]), ("INPUT1", "INT32", ["-1", "16"])])
        config = self.client.get_model_config("add-sub").config
        self.assertEqual([i.name for i in config.input], ["INPUT0", "INPUT1"])
        inputs, _, _ = add_sub(client)
        before = self.client.get_inference_statistics("add-sub").model_stats[0].inference_count
        self.client.infer("add-sub", inputs)
        after = self.client.get_inference_statistics("add-sub").model_stats[0].inference_count
        self.assertEqual(after - before, 2)

    def test_repository_index(self):
        index = self.client.get_model_repository_index()
        self.assertIn("add-sub", [model.name for model in index.models])


class Requests(Grpc):
    def test_every_type(self):
        for model, datatype, values in TYPES:
            with self.subTest(datatype):
                result = self.client.infer(model, [self.tensor(values, datatype)])
                check_equal(result.as_numpy("y"), values)

    def test_two_inputs_ids_and_chosen_outputs(self):
        inputs, _, difference = add_sub(client)
        outputs = [client.InferRequestedOutput("OUTPUT1")]
        result = self.client.infer("add-sub", inputs, outputs=outputs, request_id="r-1")
        check_equal(result.as_numpy("OUTPUT1"), difference)
        self.assertIsNone(result.as_numpy("OUTPUT0"))
        response = result.get_response()
        self.assertEqual((response.id, response.model_name, response.model_version), ("r-1", "add-sub", "1"))

    def test_zero_rows_and_a_large_tensor(self):
        for shape in ((0, 4), (1000, 1000)):
            values = np.random.default_rng(7).random(shape, np.float32)
            check_equal(self.client.infer("identity-fp32", [self.tensor(values, "FP32")]).as_numpy("y"), values)

    def test_classification(self):
        values = np.array([[0.1, 0.7, 0.2]], np.float32)
        outputs = [client.InferRequestedOutput("y", class_count=2)]
        classes = self.client.infer("identity-fp32", [self.tensor(values, "FP32")], outputs=outputs)
        indices = [int(c.decode().split(":")[1]) for c in classes.as_numpy("y").reshape(-1)]
        self.assertEqual(indices, [1, 2])

    def test_many_requests_at_once(self):
        inputs, total, _ = add_sub(client)
        answers = queue.Queue()
        for number in range(64):
            callback = lambda result, error: answers.put((result, error))
            self.client.async_infer("add-sub", inputs, callback, request_id=str(number))
        ids = set()
        for _ in range(64):
            result, error = answers.get(timeout=30)
            self.assertIsNone(error)
            check_equal(result.as_numpy("OUTPUT0"), total)
            ids.add(result.get_response().id)
        self.assertEqual(len(ids), 64)

    def test_compression(self):
        values = np.zeros((64, 64), np.float32)
        for algorithm in ("gzip", "deflate"):
            with self.subTest(algorithm):
                tensor = self.tensor(values, "FP32")
                result = self.client.infer("identity-fp32", [tensor], compression_algorithm=algorithm)
                check_equal(result.as_numpy("y"), values)


class Errors(Grpc):
    def test_unknown_model_and_version(self):
        x = [self.tensor(np.zeros((1, 1), np.float32), "FP32")]
        words = "Request for unknown model: 'no-such-model' is not found"
        self.refused(lambda: self.client.infer("no-such-model", x), "NOT_FOUND", words)
        self.refused(lambda: self.client.get_model_metadata("no-such-model"), "NOT_FOUND", words)
        call = lambda: self.client.infer("identity-fp32", x, model_version="99")
        self.refused(call, "NOT_FOUND", "Request for unknown model: 'identity-fp32' version 99 is not found")

    def test_wrong_type_shape_and_names(self):
        x = [self.tensor(np.zeros((1, 1), np.int32), "INT32")]
        self.refused(lambda: self.client.infer("identity-fp32", x), "INVALID_ARGUMENT", "'INT32'", "'FP32'")
        inputs, _, _ = add_sub(client)
        call = lambda: self.client.infer("add-sub", inputs[:1])
        self.refused(call, "INVALID_ARGUMENT", "expected 2 inputs but got 1 inputs for model 'add-sub'")
        outputs = [client.InferRequestedOutput("OTHER")]
        call = lambda: self.client.infer("add-sub", inputs, outputs=outputs)
        self.refused(call, "INVALID_ARGUMENT", "unexpected inference output 'OTHER'")

    def test_a_deadline_ends_a_run(self):
        x = [self.tensor(np.full((1, 4), -1, np.float32), "FP32")]
        call = lambda: self.client.infer("endless-on-negative", x, client_timeout=0.5)
        self.refused(call, "DEADLINE_EXCEEDED")
        x = [self.tensor(np.ones((1, 4), np.float32), "FP32")]
        result = self.client.infer("endless-on-negative", x, client_timeout=20)
        check_equal(result.as_numpy("y"), np.ones((1, 4), np.float32))

    def test_a_cancelled_call_frees_the_server(self):
        x = [self.tensor(np.full((1, 4), -1, np.float32), "FP32")]
        answers = queue.Queue()
        context = self.client.async_infer(
            "endless-on-negative", x, lambda result, error: answers.put((result, error))
        )
        context.cancel()
        result, error = answers.get(timeout=20)
        self.assertIsNone(result)
        self.assertIn("CANCELLED", str(error.status()))
        x = [self.tensor(np.ones((1, 4), np.float32), "FP32")]
        self.client.infer("endless-on-negative", x, client_timeout=20)


class Streams(Grpc):
    def open(self, **options):
        self.answers = queue.Queue()
        self.client.start_stream(lambda result, error: self.answers.put((result, error)), **options)

    def test_requests_on_one_stream(self):
        self.open()
        inputs, total, _ = add_sub(client)
        for number in range(32):
            self.client.async_stream_infer("add-sub", inputs, request_id=str(number))
        ids = set()
        for _ in range(32):
            result, error = self.answers.get(timeout=30)
            self.assertIsNone(error)
            check_equal(result.as_numpy("OUTPUT0"), total)
            ids.add(result.get_response().id)
        self.client.stop_stream()
        self.assertEqual(len(ids), 32)

    def test_every_type_on_one_stream(self):
        self.open()
        for model, datatype, values in TYPES:
            with self.subTest(datatype):
                self.client.async_stream_infer(model, [self.tensor(values, datatype)])
                result, error = self.answers.get(timeout=30)
                self.assertIsNone(error)
                check_equal(result.as_numpy("y"), values)
        self.client.stop_stream()

    def test_an_error_does_not_end_the_stream(self):
        self.open()
        inputs, total, _ = add_sub(client)
        self.client.async_stream_infer("no-such-model", inputs, request_id="bad")
        result, error = self.answers.get(timeout=30)
        self.assertIsNone(result)
        self.assertIn("no-such-model", error.message())
        self.client.async_stream_infer("add-sub", inputs, request_id="good")
        result, error = self.answers.get(timeout=30)
        self.assertIsNone(error)
        check_equal(result.as_numpy("OUTPUT0"), total)
        self.client.stop_stream()

    def test_the_final_response_is_marked(self):
        self.open()
        inputs, _, _ = add_sub(client)
        self.client.async_stream_infer("add-sub", inputs, enable_empty_final_response=True)
        result, error = self.answers.get(timeout=30)
        self.assertIsNone(error)
        parameters = result.get_response().parameters
        self.assertTrue(parameters["triton_final_response"].bool_param)
        self.client.stop_stream()
