"""Tables that come with scikit-learn, offline. Axes per sample: E features."""

from __future__ import annotations

from collections.abc import Mapping

from graphs.code import DataCode, of_scikit_learn
from graphs.layer import DataLayer, layer
from graphs.spec import Axis, Spec


def features(count: int) -> Spec:
    """One row of numbers."""
    return Spec((Axis("E", count),))


def label(*names: str) -> Spec:
    """One class label."""
    return Spec((), "int64", "class", len(names), names=names)


TARGET = Spec((Axis("E", 1),))
"""One number to predict, as a row of one, so that the output of Linear(1) fits it."""

CLASSES = {"features": "{data}", "label": "{target}"}
"""How the columns stand in scikit-learn's arrays."""


@layer(
    "Iris",
    title="Iris",
    category="Data",
    also=("flowers", "table", "classification", "dataset"),
    role="data",
)
class Iris(DataLayer):
    """150 iris flowers of three kinds: features (4), label of 3 classes.

    Length and width of sepals and petals in cm. Small and easy: one kind is linearly separable, and a
    few Linear layers reach about 95 %. Source: Fisher 1936; sklearn.datasets.load_iris.
    """

    def columns(self) -> Mapping[str, Spec]:
        return {"features": features(4), "label": label("setosa", "versicolor", "virginica")}

    def data_code(self) -> DataCode:
        return of_scikit_learn("iris", CLASSES)


@layer(
    "Wine", title="Wine", category="Data", also=("table", "classification", "dataset"), role="data"
)
class Wine(DataLayer):
    """178 wines of three growers: features (13), label of 3 classes.

    Results of a chemical analysis in very different units, so scaling matters.
    Source: Aeberhard and Forina 1991; sklearn.datasets.load_wine.
    """

    def columns(self) -> Mapping[str, Spec]:
        return {"features": features(13), "label": label("class_0", "class_1", "class_2")}

    def data_code(self) -> DataCode:
        return of_scikit_learn("wine", CLASSES)


@layer(
    "BreastCancer",
    title="Breast cancer",
    category="Data",
    also=("wisconsin", "table", "binary classification", "dataset"),
    role="data",
)
class BreastCancer(DataLayer):
    """569 tumours, malignant or benign: features (30), label of 2 classes.

    Measurements of cell nuclei in images of breast tissue; 37 % are malignant. A choice of two classes:
    use Cross entropy with 2 outputs, or Binary cross entropy with 1.
    Source: Wolberg et al. 1995; sklearn.datasets.load_breast_cancer.
    """

    def columns(self) -> Mapping[str, Spec]:
        return {"features": features(30), "label": label("malignant", "benign")}

    def data_code(self) -> DataCode:
        return of_scikit_learn("breast_cancer", CLASSES)


@layer(
    "Diabetes",
    title="Diabetes",
    category="Data",
    also=("table", "regression", "dataset"),
    role="data",
)
class Diabetes(DataLayer):
    """442 patients with diabetes: features (10), target (1).

    Age, sex, body mass, blood pressure and six blood values; the target is how far the illness got within
    a year, from 25 to 346. Noisy: linear regression explains half of it (R2 about 0.5).
    Source: Efron et al. 2004; sklearn.datasets.load_diabetes.
    """

    def columns(self) -> Mapping[str, Spec]:
        return {"features": features(10), "target": TARGET}

    def data_code(self) -> DataCode:
        columns = {"features": "{data}", "target": "{target}.float()[:, None]"}
        return of_scikit_learn("diabetes", columns, scaled=False)
