"""Loading and unloading over both wires, on a server that loads nothing by itself (--model-control explicit)."""

import numpy as np
import tritonclient.grpc
import tritonclient.http
from case import GRPC, HTTP, Case
from samples import check_equal


class Repository(Case):
    def cycle(self, client, module, model, datatype):
        """Not there, loaded, answering, unloaded, gone."""
        values = np.ones((2, 1), datatype)
        tensor = module.InferInput("x", [2, 1], datatype.__name__.upper())
        tensor.set_data_from_numpy(values)
        self.assertFalse(client.is_model_ready(model))
        client.load_model(model)
        self.assertTrue(client.is_model_ready(model))
        check_equal(client.infer(model, [tensor]).as_numpy("y"), values)
        client.unload_model(model)
        self.assertFalse(client.is_model_ready(model))
        with self.assertRaises(module.InferenceServerException):
            client.infer(model, [tensor])

    def test_http(self):
        client = tritonclient.http.InferenceServerClient(HTTP)
        self.cycle(client, tritonclient.http, "identity-uint8", np.uint8)
        names = [model["name"] for model in client.get_model_repository_index()]
        self.assertIn("identity-uint8", names)
        client.close()

    def test_grpc(self):
        client = tritonclient.grpc.InferenceServerClient(GRPC)
        self.cycle(client, tritonclient.grpc, "identity-int16", np.int16)
        client.close()

    def test_an_unknown_model_does_not_load(self):
        client = tritonclient.http.InferenceServerClient(HTTP)
        with self.assertRaises(tritonclient.http.InferenceServerException) as caught:
            client.load_model("no-such-model")
        self.assertIn("no-such-model", caught.exception.message())
        client.close()
