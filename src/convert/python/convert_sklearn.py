"""Converts a scikit-learn model to ONNX, and says what the original answers on sample rows: see conversion.py.

It runs in a process of its own, and only where code is allowed: see restricted_pickle.py for what opening does.
"""

import numpy as np
import sklearn
from conversion import OPSET, ROWS, SEED, Refused, run
from onnx import helper
from restricted_pickle import load
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.base import is_classifier

MAX_POINTS = 10_000


def steps_of(model):
    """A model as a list of estimators, those of a pipeline in order."""
    return [step for _, step in model.steps] if hasattr(model, "steps") else [model]


def transformers_of(model):
    """The (estimator, columns) of a column transformer at the beginning, columns as positions; none elsewhere."""
    first = steps_of(model)[0]
    if not hasattr(first, "transformers_"):
        return []
    names = list(getattr(first, "feature_names_in_", []))
    found = []
    for _, estimator, columns in first.transformers_:
        if isinstance(estimator, str):
            continue
        found.append((estimator, positions_of(columns, names, first.n_features_in_)))
    return found


def positions_of(columns, names, count):
    if isinstance(columns, slice):
        return list(range(count))[columns]
    if isinstance(columns, (str, int, np.integer)):
        columns = [columns]
    columns = list(columns)
    if columns and isinstance(columns[0], (bool, np.bool_)):
        return [at for at, is_in in enumerate(columns) if is_in]
    return [names.index(one) if isinstance(one, str) else int(one) for one in columns]


def is_text_model(model):
    """Whether it begins with a vectorizer of texts."""
    first = steps_of(model)[0]
    return hasattr(first, "vocabulary_") and hasattr(first, "build_analyzer")


def categories_of(model, count):
    """For each column its categories, where an encoder of texts reads it."""
    categories = [None] * count
    for estimator, columns in transformers_of(model) or [(steps_of(model)[0], list(range(count)))]:
        for step in steps_of(estimator):
            for at, values in zip(columns, getattr(step, "categories_", [])):
                if np.asarray(values).dtype.kind in "OUS":
                    categories[at] = [value for value in values if isinstance(value, str)]
    return categories


def spread_of(model, count):
    """For each column the values near which the model decides: means, edges and thresholds."""
    points = [[] for _ in range(count)]
    for estimator, columns in transformers_of(model) or [(model, list(range(count)))]:
        for step in steps_of(estimator):
            for at, column in enumerate(columns):
                points[column] += points_of(step, at)
            if hasattr(step, "scale_") or hasattr(step, "components_"):
                break  # What follows sees other values.
    return points


def points_of(step, at):
    """Values of the column at this place that the step knows."""
    found = []
    if hasattr(step, "data_min_"):
        found += [step.data_min_[at], step.data_max_[at]]
    if hasattr(step, "mean_") and hasattr(step, "scale_") and step.mean_ is not None:
        scale = step.scale_[at] if step.scale_ is not None else 1.0
        found += [step.mean_[at] + k * scale for k in (-2, -1, 0, 1, 2)]
    if hasattr(step, "statistics_") and np.asarray(step.statistics_).dtype.kind == "f":
        found.append(step.statistics_[at])
    for tree in trees_of(step):
        found += tree.threshold[tree.feature == at].tolist()
        if len(found) > MAX_POINTS:
            break
    return [float(value) for value in found if np.isfinite(value)]


def trees_of(step):
    if hasattr(step, "tree_"):
        return [step.tree_]
    estimators = getattr(step, "estimators_", [])
    return [one.tree_ for one in np.ravel(np.asarray(estimators, dtype=object)) if hasattr(one, "tree_")]


def sample_of(model, categories, random):
    """Rows by column: texts where an encoder reads them, else numbers near the model's own edges."""
    spread = spread_of(model, len(categories))
    columns = []
    for known, points in zip(categories, spread):
        if known is not None:
            columns.append(random.choice(np.array(known, dtype=object), ROWS))
            continue
        points = np.array(points or [-2.0, 0.0, 2.0])
        width = max(1e-3, float(np.ptp(points)) / 8)
        columns.append((random.choice(points, ROWS) + random.normal(0, width, ROWS)).astype(np.float32))
    return columns


def table_of(columns, names, is_mixed):
    """What the original takes: a frame where it knows names, else an array."""
    if names is None:
        return np.stack(columns, axis=1).astype(object if is_mixed else np.float32)
    import pandas

    return pandas.DataFrame(dict(zip(names, columns)))


def text_sample(model, random):
    words = np.array(list(steps_of(model)[0].vocabulary_), dtype=object)
    return [" ".join(random.choice(words, random.integers(1, 20))) for _ in range(ROWS)]


def answers_of(model, table):
    """Scores of a classifier, else values."""
    if is_classifier(model) and not hasattr(model, "predict_proba"):
        raise Refused(f"{type(model).__name__} has no predict_proba: calibrate it by CalibratedClassifierCV")
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(table))
    if not hasattr(model, "predict"):
        raise Refused(f"{type(model).__name__} has no predict: only models can be served")
    return np.asarray(model.predict(table))


class Taken:
    """What a model takes: the types of the ONNX inputs, and its columns with their categories."""

    def __init__(self, model):
        self.model = model
        self.is_text = is_text_model(model)
        count = 1 if self.is_text else getattr(model, "n_features_in_", None)
        if count is None:
            raise Refused(f"{type(model).__name__} does not say how many columns it takes")
        self.categories = [None] if self.is_text else categories_of(model, count)
        self.names = getattr(model, "feature_names_in_", None)
        self.is_mixed = any(known is not None for known in self.categories)
        if self.is_mixed and self.names is None:
            raise Refused("columns of texts need names: fit the model on a pandas DataFrame")
        numbered = [f"f{at}" for at in range(count)]
        self.labels = ["text"] if self.is_text else numbered if self.names is None else [str(n) for n in self.names]

    def types(self):
        if self.is_text:
            return [("text", StringTensorType([None, 1]))]
        if not self.is_mixed:
            return [("x", FloatTensorType([None, len(self.labels)]))]
        return [
            (label, FloatTensorType([None, 1]) if known is None else StringTensorType([None, 1]))
            for label, known in zip(self.labels, self.categories)
        ]

    def described(self):
        return [{"name": label, "values": known} for label, known in zip(self.labels, self.categories)]

    def drawn(self):
        random = np.random.default_rng(SEED)
        if self.is_text:
            return [np.array(text_sample(self.model, random), dtype=object)]
        return sample_of(self.model, self.categories, random)

    def given(self, samples):
        return samples.columns(self.labels, [self.is_text or known is not None for known in self.categories])

    def inputs(self, columns):
        """Columns as inputs of the converted model."""
        if self.is_text or self.is_mixed:
            return {label: column.reshape(-1, 1) for label, column in zip(self.labels, columns)}
        return {"x": np.stack(columns, axis=1)}

    def answers(self, columns):
        """What the original says of them."""
        table = columns[0].tolist() if self.is_text else table_of(columns, self.names, self.is_mixed)
        return answers_of(self.model, table)


def use_any_locale(graph):
    """Texts are compared as they are: without this the model needs a locale that few containers have."""
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "StringNormalizer" and attribute.name == "locale":
                attribute.s = b"C"
        if node.op_type == "StringNormalizer" and all(one.name != "locale" for one in node.attribute):
            node.attribute.append(helper.make_attribute("locale", "C"))


def convert(path, folder, samples, comparisons):
    model = load(path)
    taken = Taken(model)
    drawn = taken.drawn()
    answers = taken.answers(drawn)
    options = {id(model): {"zipmap": False}} if is_classifier(model) else None
    onnx = to_onnx(model, initial_types=taken.types(), options=options, target_opset={"": OPSET, "ai.onnx.ml": 3})
    use_any_locale(onnx.graph)
    checked = onnx.graph.output[-1].name
    comparisons.add(taken.inputs(drawn), {checked: answers})
    if samples is not None:
        given = taken.given(samples)
        comparisons.add(taken.inputs(given), {checked: taken.answers(given)}, is_given=True)
    (folder / "model.onnx").write_bytes(onnx.SerializeToString())
    classes = getattr(model, "classes_", None)
    return {
        "version": sklearn.__version__,
        "kind": type(steps_of(model)[-1]).__name__,
        "columns": taken.described(),
        "classes": [] if classes is None else [str(one) for one in classes],
    }


run(convert)
