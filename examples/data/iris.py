"""Makes iris.joblib: a pipeline of scikit-learn 1.9.1 on the flowers that it brings (public domain, Fisher 1936)."""

import joblib
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

iris = load_iris(as_frame=True)
model = make_pipeline(StandardScaler(), LogisticRegression())
joblib.dump(model.fit(iris.data, iris.target_names[iris.target]), "iris.joblib")
