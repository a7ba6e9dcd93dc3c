"""`model.joblib` or `model.pkl`: an estimator of scikit-learn, or of a library with the same methods."""

import importlib.util

from ..handler_api import InvalidInput

NUMBER = "FP64"
TEXT = "BYTES"
# Enough to try the model with.
MAX_WORDS = 100


class Model:
    """An estimator with what it takes and gives."""

    def __init__(self, estimator):
        self._estimator = estimator
        self._columns = columns_of(estimator)
        self.inputs = inputs_of(estimator, self._columns)
        self.outputs = outputs_of(self._answer(self._sample()), estimator)

    def predict(self, inputs):
        try:
            return self._answer(self._table(inputs))
        except ValueError as error:
            # Unknown words, missing numbers: scikit-learn checks what it is given.
            raise InvalidInput(str(error)) from error

    def _answer(self, table):
        estimator = self._estimator
        label = estimator.predict(table)
        if not is_classifier(estimator):
            return {"prediction": label}
        answer = {"label": label}
        if hasattr(estimator, "predict_proba"):
            answer["probabilities"] = estimator.predict_proba(table)
        return answer

    def _table(self, inputs):
        """What the estimator was trained with: a matrix, or a table with named columns."""
        if self._columns is None:
            return inputs["x"]
        import pandas

        return pandas.DataFrame({name: inputs[name].reshape(-1) for name in self._columns})

    def _sample(self):
        """One row that the estimator takes: zeros, and known words."""
        import numpy

        if self._columns is None:
            return numpy.zeros((1, self._estimator.n_features_in_))
        columns = self._columns.items()
        return self._table({name: numpy.array([0.0 if words is None else words[0]]) for name, words in columns})


def load(path, folder):
    estimator = loaded(path)
    if not callable(getattr(estimator, "predict", None)):
        raise TypeError("it holds a %s, which has no method predict: write a handler.py around it" % type(estimator).__name__)
    if getattr(estimator, "n_features_in_", None) is None:
        raise TypeError("its %s does not tell how many columns it takes: write a handler.py around it" % type(estimator).__name__)
    return Model(estimator)


def loaded(path):
    """Runs what the pickle says: only behind engine.allowCode."""
    try:
        if importlib.util.find_spec("joblib") is not None:
            import joblib

            return joblib.load(path)
        import pickle

        with open(path, "rb") as file:
            return pickle.load(file)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "%s: name it in a requirements.txt beside the model, in the version that wrote it" % error
        ) from error


def columns_of(estimator):
    """Named columns, each with its known words or None for numbers; None where columns have no names."""
    names = getattr(estimator, "feature_names_in_", None)
    if names is None or importlib.util.find_spec("pandas") is None:
        return None
    columns = {str(name): None for name in names}
    steps = getattr(estimator, "steps", [])
    first = steps[0][1] if steps else estimator
    for _, transformer, chosen in getattr(first, "transformers_", []):
        words = words_of(transformer)
        if words is None:
            continue
        for name, known in zip(chosen, words):
            # Categories may be numbers as well.
            if known.dtype.kind in "OUS" and str(name) in columns:
                columns[str(name)] = [str(word) for word in known]
    return columns


def words_of(transformer):
    for step in [transformer] + [one for _, one in getattr(transformer, "steps", [])]:
        if hasattr(step, "categories_"):
            return step.categories_
    return None


def inputs_of(estimator, columns):
    if columns is None:
        return {"x": {"dtype": NUMBER, "shape": [-1, int(estimator.n_features_in_)]}}
    inputs = {}
    for name, words in columns.items():
        told = {"dtype": NUMBER} if words is None else {"dtype": TEXT, "words": words[:MAX_WORDS]}
        inputs[name] = dict(told, shape=[-1, 1])
    return inputs


def outputs_of(answer, estimator):
    """Specs of what came for one row."""
    outputs = {}
    for name, value in answer.items():
        if isinstance(value, list):
            raise TypeError("it answers several classes at once: write a handler.py around it")
        outputs[name] = {"dtype": dtype_of(value.dtype), "shape": [-1] + [int(size) for size in value.shape[1:]]}
    if "probabilities" in outputs:
        outputs["probabilities"]["labels"] = [str(one) for one in estimator.classes_]
    return outputs


def dtype_of(dtype):
    if dtype.kind in "OUS":
        return TEXT
    if dtype.kind == "b":
        return "BOOL"
    return "INT64" if dtype.kind in "iu" else NUMBER


def is_classifier(estimator):
    return getattr(estimator, "classes_", None) is not None
