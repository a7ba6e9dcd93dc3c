"""What all conformance tests share: where the server is, and how an error must look."""

import os
import unittest

from tritonclient.utils import InferenceServerException

HTTP = os.environ["SIRVE_HTTP"]
GRPC = os.environ["SIRVE_GRPC"]


class Case(unittest.TestCase):
    def refused(self, call, status, *words):
        """`call` must fail with this status, and its message must contain every one of `words`."""
        with self.assertRaises(InferenceServerException) as caught:
            call()
        self.check_error(caught.exception, status, *words)

    def check_error(self, error, status, *words):
        self.assertIn(status, str(error.status()), str(error))
        for word in words:
            self.assertIn(word, error.message())
