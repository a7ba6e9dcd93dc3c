"""`inference.py` of SageMaker: model_fn, and perhaps input_fn, predict_fn and output_fn.

With `inputs` and `outputs` declared, predict_fn takes and gives tensors. Without, a request is a body and its content
type, as SageMaker's own containers hand them on.
"""

import inspect
import json

from ..handler_api import InvalidInput
from .handler import imported

BODY_INPUTS = {
    "body": {"dtype": "BYTES", "shape": [1]},
    "content_type": {"dtype": "BYTES", "shape": [1], "optional": True},
    "accept": {"dtype": "BYTES", "shape": [1], "optional": True},
}
BODY_OUTPUTS = {
    "body": {"dtype": "BYTES", "shape": [1]},
    "content_type": {"dtype": "BYTES", "shape": [1]},
}
JSON = "application/json"


class TensorModel:
    """predict_fn over tensors: the only one as it is, several as a dict."""

    def __init__(self, functions, model, inputs, outputs):
        self.inputs = inputs
        self.outputs = outputs
        self._functions = functions
        self._model = model

    def predict(self, inputs):
        given = inputs if len(self.inputs) != 1 else next(iter(inputs.values()))
        answer = self._functions.predict(given, self._model)
        return answer if isinstance(answer, dict) or len(self.outputs) != 1 else {next(iter(self.outputs)): answer}


class BodyModel:
    """The functions in their order, over bodies."""

    inputs = BODY_INPUTS
    outputs = BODY_OUTPUTS

    def __init__(self, functions, model):
        self._functions = functions
        self._model = model

    def predict(self, inputs):
        body, content_type, accept = (text_of(inputs.get(name)) for name in BODY_INPUTS)
        given = self._functions.input(body, content_type or JSON)
        answer = self._functions.output(self._functions.predict(given, self._model), accept or JSON)
        body, kind = answer if isinstance(answer, tuple) else (answer, accept or JSON)
        return {"body": [body], "content_type": [kind]}


class Functions:
    """Those of the module, and SageMaker's own where it has none."""

    def __init__(self, module):
        self.input = called(getattr(module, "input_fn", json_input), 2)
        self.predict = called(getattr(module, "predict_fn", plain_predict), 2)
        self.output = called(getattr(module, "output_fn", json_output), 2)


def load(path, folder):
    module = imported("inference", path)
    if not callable(getattr(module, "model_fn", None)):
        raise TypeError("it has no function model_fn(model_dir)")
    inputs, outputs = getattr(module, "inputs", None), getattr(module, "outputs", None)
    if (inputs is None) != (outputs is None):
        raise TypeError("it declares inputs or outputs alone: declare both, or neither")
    model = called(module.model_fn, 1)(folder)
    functions = Functions(module)
    return BodyModel(functions, model) if inputs is None else TensorModel(functions, model, inputs, outputs)


def called(function, count):
    """Newer toolkits hand on a context as the last argument."""
    parameters = inspect.signature(function).parameters.values()
    places = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    required = [one for one in places if one.default is one.empty]
    if len(required) <= count:
        return function
    return lambda *arguments: function(*arguments, *[None] * (len(required) - count))


def text_of(tensor):
    value = None if tensor is None else tensor.tolist()
    return value[0] if isinstance(value, list) else value


def json_input(body, content_type):
    if content_type.split(";")[0].strip() != JSON:
        raise InvalidInput('content type "%s" is not taken, expected %s' % (content_type, JSON))
    given = json.loads(body)
    try:
        import numpy

        return numpy.array(given)
    except ImportError:
        return given


def plain_predict(given, model):
    return model.predict(given) if hasattr(model, "predict") else model(given)


def json_output(answer, accept):
    return json.dumps(answer.tolist() if hasattr(answer, "tolist") else answer)
