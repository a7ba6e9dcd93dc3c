"""Loads one version and answers one call after the other."""

import importlib
import importlib.util
import sys
import time
import traceback
import types

from . import handler_api, limits, tensors, wire

MAX_MESSAGE = 2000
MAX_STACK = 8000


def main():
    offer_api()
    channel = wire.Channel()
    first = channel.read()
    if first is None:
        return
    order, _ = first
    limits.apply(order["parent"])
    sys.path.insert(0, order["folder"])
    try:
        adapter = importlib.import_module("." + order["adapter"], __package__ + ".adapters")
        model = adapter.load(order["path"], order["folder"])
        declared = {"inputs": plain_specs(model.inputs), "outputs": plain_specs(model.outputs)}
        channel.write(dict(declared, op="loaded"))
    except BaseException as error:
        channel.write({"op": "refused", "failure": failure_of(error)})
        return
    while True:
        message = channel.read()
        if message is None:
            return
        answer(channel, (model.predict, declared["outputs"]), *message)


def offer_api():
    """Makes `sirve.handler` importable, beside the client of that name where it is installed."""
    sys.modules["sirve.handler"] = handler_api
    if importlib.util.find_spec("sirve") is None:
        package = types.ModuleType("sirve")
        package.handler = handler_api
        package.__path__ = []
        sys.modules["sirve"] = package


def answer(channel, model, order, payload):
    predict, outputs = model
    started = time.process_time_ns()
    reply, parts = {"op": "answered", "id": order["id"]}, ()
    try:
        inputs = tensors.decode(order["tensors"], payload)
        reply["tensors"], parts = tensors.encode(predict(inputs), outputs)
        channel.check(parts)
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        reply, parts = {"op": "failed", "id": order["id"], "failure": failure_of(error)}, ()
    reply["cpuUs"] = (time.process_time_ns() - started) / 1000
    channel.write(reply, parts)


def plain_specs(specs):
    """Dtype and shape alone, as JSON can say them."""
    if not isinstance(specs, dict):
        raise TypeError("inputs and outputs are dicts of {name: {\"dtype\": ..., \"shape\": [...]}}")
    plain = {}
    for name, spec in specs.items():
        if not isinstance(spec, dict):
            raise TypeError("%r is no dict with dtype and shape" % (name,))
        shape = spec.get("shape")
        sizes = [int(size) for size in shape] if isinstance(shape, (list, tuple)) else None
        plain[str(name)] = {"dtype": str(spec.get("dtype")), "shape": sizes}
        # Told by adapters: names of classes, known texts, and what may be missing.
        plain[str(name)].update({key: spec[key] for key in ("labels", "words", "optional") if key in spec})
    return plain


def failure_of(error):
    """What went wrong in the user's code: the message for the caller, the stack for the log."""
    stack = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return {
        "message": message_of(error)[:MAX_MESSAGE],
        "stack": stack[-MAX_STACK:],
        "isCallers": is_callers(error),
    }


def is_callers(error):
    return getattr(error, "code", None) == "invalid_argument"


def message_of(error):
    text = str(error)
    if text and (isinstance(error, tensors.Wrong) or is_callers(error)):
        return text
    return "%s: %s" % (type(error).__name__, text) if text else type(error).__name__
