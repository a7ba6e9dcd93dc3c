"""Converts a CatBoost model to ONNX by CatBoost itself, and says what the original answers on sample rows: see conversion.py.

CatBoost's own export ends a classifier by a map that few clients read, writes one-against-all as softmax, and leaves
out the exponent of Poisson and Tweedie: that is put right here, and compared with what `predict` says.
"""

import catboost
import numpy as np
import onnx
from conversion import OPSET, ROWS, SEED, Refused, run
from onnx import TensorProto, helper

CLASSIFIERS = {"Logloss": "LOGISTIC", "CrossEntropy": "LOGISTIC", "MultiClass": "SOFTMAX", "MultiClassOneVsAll": "LOGISTIC"}
# Those whose regressor answers the exponent of the sum of its leaves.
EXPONENTS = ("Poisson", "Tweedie")
INPUT = "features"
MAX_EDGES = 64


def opened(path):
    with open(path, "rb") as file:
        is_binary = file.read(4) == b"CBM1"
    return catboost.CatBoost().load_model(path, format="cbm" if is_binary else "json")


def refuse_other_than_numbers(model):
    """ONNX has no form for what CatBoost computes of categories, texts and embeddings."""
    names = model.feature_names_
    kinds = (
        ("categories", model.get_cat_feature_indices()),
        ("texts", model.get_text_feature_indices()),
        ("embeddings", model.get_embedding_feature_indices()),
    )
    for kind, indices in kinds:
        if len(indices) > 0:
            shown = ", ".join(str(names[at]) for at in indices[:5])
            raise Refused(f"CatBoost exports no {kind} to ONNX, which it reads in {shown}")


def drawn(model, count):
    """Rows of values on the borders at which the model decides, just beside them, far from them, and missing."""
    random = np.random.default_rng(SEED)
    borders = model.get_borders()
    columns = []
    for at in range(count):
        known = np.asarray(borders.get(at, [])[:MAX_EDGES] or [-2.0, 0.0, 2.0], dtype=np.float32)
        edge = random.choice(known, ROWS)
        beside = np.stack([edge, np.nextafter(edge, np.float32(np.inf)), np.nextafter(edge, np.float32(-np.inf)), edge + 1, edge - 1])
        values = beside[random.integers(0, len(beside), ROWS), np.arange(ROWS)]
        values[random.integers(0, 10, ROWS) == 0] = np.nan
        columns.append(values)
    return np.stack(columns, axis=1).astype(np.float32)


def attributes_of(node, post_transform):
    made = {one.name: helper.get_attribute_value(one) for one in node.attribute}
    if post_transform is not None:
        made["post_transform"] = post_transform
    return made


def rebuilt(exported, loss, count):
    """The exported trees between an input of known width and outputs that are tensors."""
    trees = exported.graph.node[0]
    made = attributes_of(trees, CLASSIFIERS.get(loss))
    nodes, outputs = [], []
    if loss in CLASSIFIERS:
        nodes.append(helper.make_node(trees.op_type, [INPUT], ["label", "probabilities"], domain="ai.onnx.ml", **made))
        classes = len(made.get("classlabels_strings") or made["classlabels_int64s"])
        kind = TensorProto.STRING if made.get("classlabels_strings") else TensorProto.INT64
        outputs.append(helper.make_tensor_value_info("label", kind, ["N"]))
        outputs.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", classes]))
    else:
        nodes.append(helper.make_node(trees.op_type, [INPUT], ["sums"], domain="ai.onnx.ml", **made))
        if loss in EXPONENTS:
            nodes.append(helper.make_node("Exp", ["sums"], ["exponents"]))
        nodes.append(helper.make_node("Reshape", [nodes[-1].output[0], "row"], ["prediction"]))
        outputs.append(helper.make_tensor_value_info("prediction", TensorProto.FLOAT, ["N"]))
    row = helper.make_tensor("row", TensorProto.INT64, [1], [-1])
    features = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["N", count])
    graph = helper.make_graph(nodes, "catboost", [features], outputs, [row] if loss not in CLASSIFIERS else [])
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def answers_of(model, loss, rows):
    kind = "Probability" if loss in CLASSIFIERS else "Exponent" if loss in EXPONENTS else "RawFormulaVal"
    return np.asarray(model.predict(rows, prediction_type=kind))


def exported_of(model, loss, folder):
    policy = model.get_all_params().get("grow_policy", "SymmetricTree")
    if policy != "SymmetricTree":
        raise Refused(f"CatBoost exports symmetric trees only, and its grow_policy is {policy}")
    path = folder / "exported.onnx"
    model.save_model(str(path), format="onnx")
    exported = onnx.load(str(path))
    path.unlink()
    is_classifier = exported.graph.node[0].op_type == "TreeEnsembleClassifier"
    if is_classifier != (loss in CLASSIFIERS):
        raise Refused(f"CatBoost's ONNX has no form for what its loss {loss} answers")
    return exported


def convert(path, folder, samples, comparisons):
    model = opened(path)
    refuse_other_than_numbers(model)
    names = [str(name) for name in model.feature_names_]
    loss = str(model.get_all_params().get("loss_function", "RMSE")).split(":")[0]
    converted = rebuilt(exported_of(model, loss, folder), loss, len(names))
    (folder / "model.onnx").write_bytes(converted.SerializeToString())
    checked = converted.graph.output[-1].name
    rows = drawn(model, len(names))
    comparisons.add({INPUT: rows}, {checked: answers_of(model, loss, rows)})
    if samples is not None:
        rows = np.stack(samples.columns(names, [False] * len(names)), axis=1)
        comparisons.add({INPUT: rows}, {checked: answers_of(model, loss, rows)}, is_given=True)
    classes = getattr(model, "classes_", None) if loss in CLASSIFIERS else None
    return {
        "version": catboost.__version__,
        "kind": loss,
        "columns": [{"name": name, "values": None, "isOptional": True} for name in names],
        "classes": [] if classes is None else [str(one) for one in classes],
    }


run(convert)
