"""Trains models of many kinds, saves them as people do, and tells what they answer on rows they were not trained on."""

import json
import pickle
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

FOLDER = Path(sys.argv[1])
ROWS = 24
ANSWERS = {}


def keep(name, model, held_out, save=joblib.dump):
    save(model, FOLDER / f"{name}.joblib")
    values = model.predict_proba(held_out) if hasattr(model, "predict_proba") else model.predict(held_out)
    is_frame = isinstance(held_out, pandas.DataFrame)
    rows = held_out.to_dict("records") if is_frame else np.asarray(held_out).tolist()
    ANSWERS[name] = {"file": f"{name}.joblib", "rows": rows, "answers": np.asarray(values, dtype=np.float64).reshape(len(rows), -1).tolist()}


def numbers(load, name, model, save=joblib.dump):
    x, y = load(return_X_y=True)
    order = np.random.default_rng(1).permutation(len(x))
    x, y = x[order].astype(np.float32), y[order]
    keep(name, model.fit(x[ROWS:], y[ROWS:]), x[:ROWS], save)


def pickled(model, path):
    path.write_bytes(pickle.dumps(model))


numbers(load_iris, "random-forest", RandomForestClassifier(20, random_state=0))
numbers(load_iris, "extra-trees", ExtraTreesClassifier(20, random_state=0))
numbers(load_breast_cancer, "gradient-boosting", GradientBoostingClassifier(n_estimators=20, random_state=0))
numbers(load_diabetes, "gradient-boosting-regressor", GradientBoostingRegressor(n_estimators=20, random_state=0))
numbers(load_diabetes, "random-forest-regressor", RandomForestRegressor(10, random_state=0))
numbers(load_diabetes, "tree-regressor", DecisionTreeRegressor(max_depth=5, random_state=0))
numbers(load_iris, "logistic", make_pipeline(StandardScaler(), LogisticRegression()), pickled)
numbers(load_diabetes, "ridge", make_pipeline(MinMaxScaler(), Ridge()))
numbers(load_iris, "neighbours", KNeighborsClassifier())
numbers(load_iris, "perceptron", make_pipeline(StandardScaler(), MLPClassifier(max_iter=50, random_state=0)))

random = np.random.default_rng(2)
frame = pandas.DataFrame(
    {
        "city": random.choice(["Lima", "Quito", "Bogotá"], 200),
        "age": random.normal(40, 9, 200),
        "income": random.lognormal(3, 1, 200),
    }
)
bought = (frame["age"] > 40) ^ (frame["city"] == "Lima")
prepare = make_column_transformer(
    (OneHotEncoder(handle_unknown="ignore"), ["city"]),
    (make_pipeline(SimpleImputer(), StandardScaler()), ["age", "income"]),
)
keep("columns", make_pipeline(prepare, LogisticRegression()).fit(frame[ROWS:], bought[ROWS:]), frame[:ROWS])

texts = ["good film", "bad film", "great fun", "awful bore", "good fun", "bad bore"] * 5
model = make_pipeline(TfidfVectorizer(token_pattern="[a-zA-Z0-9_]+"), LogisticRegression())
held_out = pandas.Series(["good", "an awful film", "great great fun"])
keep("texts", model.fit(texts, ["pos", "neg", "pos", "neg", "pos", "neg"] * 5), held_out)
ANSWERS["texts"]["rows"] = [{"text": text} for text in held_out]


class Evil:
    def __reduce__(self):
        return (exec, (f"open({str(FOLDER / 'attacked')!r}, 'w')",))


evil = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
evil.extra_ = np.array([Evil()], dtype=object)
joblib.dump(evil, FOLDER / "evil.joblib")
(FOLDER / "answers.json").write_text(json.dumps(ANSWERS))
