"""`handler.py` of TorchServe: a class with `initialize` and `handle`, or with its three steps, or a function `handle`.

A request is one body, as TorchServe hands it on: `data` is a list of `{"body": …}`, one for each row of the batch.
"""

import inspect
import json
import os
INPUTS = {"body": {"dtype": "BYTES", "shape": [-1]}}
OUTPUTS = {"body": {"dtype": "BYTES", "shape": [-1]}}


class Context:
    """What handlers read of TorchServe's own context."""

    def __init__(self, folder, path):
        self.system_properties = {"model_dir": folder, "gpu_id": None, "batch_size": 1}
        self.manifest = {"model": {"serializedFile": weights_in(folder), "handler": os.path.basename(path)}}
        self.model_yaml_config = {}
        self.metrics = None


class Model:
    """A loaded service; each row is the body of one request."""

    inputs = INPUTS
    outputs = OUTPUTS

    def __init__(self, handle, context):
        self._handle = handle
        self._context = context

    def predict(self, inputs):
        bodies = inputs["body"]
        texts = bodies.tolist()
        answers = self._handle([{"body": parsed(text)} for text in texts], self._context)
        if not isinstance(answers, (list, tuple)) or len(answers) != len(texts):
            raise TypeError("handle gave no list with one answer for each of %d requests" % len(texts))
        return {"body": [text_of(one) for one in answers]}


def load(module, path, folder):
    """The handler in a module for which `is_service` holds."""
    context = Context(folder, path)
    if inspect.isfunction(getattr(module, "handle", None)):
        # TorchServe calls it once without data, so that it can initialise itself.
        module.handle(None, context)
        return Model(module.handle, context)
    service = services_in(module)[0]()
    if hasattr(service, "initialize"):
        service.initialize(context)
    return Model(handle_of(service), context)


def is_service(module):
    """Whether a module is a handler of TorchServe."""
    return inspect.isfunction(getattr(module, "handle", None)) or len(services_in(module)) == 1


def services_in(module):
    own = [one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__]
    return [one for one in own if hasattr(one, "handle") or hasattr(one, "inference")]


def handle_of(service):
    if hasattr(service, "handle"):
        return service.handle

    def steps(data, context):
        given = service.preprocess(data) if hasattr(service, "preprocess") else data
        answer = service.inference(given)
        return service.postprocess(answer) if hasattr(service, "postprocess") else answer

    return steps


def parsed(text):
    """TorchServe's front end parses bodies that are JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text.encode("utf-8", "surrogateescape")


def text_of(answer):
    if isinstance(answer, (bytes, bytearray, str)):
        return answer
    return json.dumps(answer.tolist() if hasattr(answer, "tolist") else answer)


def weights_in(folder):
    files = [name for name in sorted(os.listdir(folder)) if name.endswith((".pt", ".pth", ".bin"))]
    return files[0] if files else ""
