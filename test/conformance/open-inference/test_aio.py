"""tritonclient's asyncio clients."""

import asyncio
import unittest

import numpy as np
import tritonclient.grpc
import tritonclient.grpc.aio
import tritonclient.http
import tritonclient.http.aio
from case import GRPC, HTTP
from samples import TYPES, add_sub, check_equal
from tritonclient.utils import InferenceServerException


class Aio(unittest.IsolatedAsyncioTestCase):
    async def exchange(self, server, module):
        self.assertTrue(await server.is_server_live())
        self.assertTrue(await server.is_model_ready("add-sub"))
        self.assertTrue(await server.get_server_metadata())
        for model, datatype, values in TYPES:
            tensor = module.InferInput("x", list(values.shape), datatype)
            tensor.set_data_from_numpy(values)
            check_equal((await server.infer(model, [tensor])).as_numpy("y"), values)
        inputs, total, _ = add_sub(module)
        results = await asyncio.gather(*(server.infer("add-sub", inputs) for _ in range(64)))
        for result in results:
            check_equal(result.as_numpy("OUTPUT0"), total)
        with self.assertRaises(InferenceServerException) as caught:
            await server.infer("no-such-model", inputs)
        self.assertIn("no-such-model", caught.exception.message())

    async def test_http(self):
        async with tritonclient.http.aio.InferenceServerClient(HTTP) as server:
            await self.exchange(server, tritonclient.http)

    async def test_grpc(self):
        async with tritonclient.grpc.aio.InferenceServerClient(GRPC) as server:
            await self.exchange(server, tritonclient.grpc)

    async def test_grpc_stream(self):
        inputs, total, _ = add_sub(tritonclient.grpc)

        async def requests():
            for number in range(32):
                yield {"model_name": "add-sub", "inputs": inputs, "request_id": str(number)}

        async with tritonclient.grpc.aio.InferenceServerClient(GRPC) as server:
            ids = set()
            async for result, error in server.stream_infer(requests()):
                self.assertIsNone(error)
                check_equal(result.as_numpy("OUTPUT0"), total)
                ids.add(result.get_response().id)
            self.assertEqual(len(ids), 32)

    async def test_a_cancelled_stream(self):
        x = tritonclient.grpc.InferInput("x", [1, 4], "FP32")
        x.set_data_from_numpy(np.full((1, 4), -1, np.float32))

        async def requests():
            yield {"model_name": "endless-on-negative", "inputs": [x]}

        async with tritonclient.grpc.aio.InferenceServerClient(GRPC) as server:
            stream = server.stream_infer(requests())
            await asyncio.sleep(0.2)
            self.assertTrue(stream.cancel())
            x.set_data_from_numpy(np.ones((1, 4), np.float32))
            result = await server.infer("endless-on-negative", [x], client_timeout=20)
            check_equal(result.as_numpy("y"), np.ones((1, 4), np.float32))
