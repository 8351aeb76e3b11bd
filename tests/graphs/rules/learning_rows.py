"""Networks from which nothing is learned, or too large for any machine: the sentence, and the names of the ways out."""

from __future__ import annotations

from graphs.content import Document
from graphs.graph import Marks
from tests.documents import document, node
from tests.graphs.rules.rows import Row, classifier, marked


def logged(between: str, loss: str) -> Document:
    """Iris, three scores, a layer, and a loss that takes logarithms of probabilities."""
    nodes = {
        "iris": "Iris",
        "scores": node("Linear", out_features=3),
        "between": between,
        "loss": loss,
    }
    return document(
        nodes,
        [
            "iris.features -> scores.input",
            "scores.output -> between.input",
            "between.output -> loss.input",
            "iris.label -> loss.target",
        ],
    )


LEARNING_ROWS = {
    "no data": Row(
        document({"linear": "Linear", "loss": "MSELoss"}, ["linear.output -> loss.input"]),
        "G301",
        "There are no data to learn from. Drag a data set from the library onto the canvas.",
        (),
        ("Add Digits", "Add Iris"),
    ),
    "empty": Row(
        Document(),
        "G301",
        "There are no data to learn from. Drag a data set from the library onto the canvas.",
        (),
        ("Add Digits", "Add Iris"),
    ),
    "no loss for classes": Row(
        document(
            {"iris": "Iris", "scores": node("Linear", out_features=3)},
            ["iris.features -> scores.input"],
        ),
        "G302",
        "There is no loss, so nothing says what a good result is. Add one and wire it to the result and the target.",
        (),
        ("Add Cross entropy",),
    ),
    "no loss for numbers": Row(
        document(
            {"diabetes": "Diabetes", "linear": node("Linear", out_features=1)},
            ["diabetes.features -> linear.input"],
        ),
        "G302",
        "There is no loss, so nothing says what a good result is. Add one and wire it to the result and the target.",
        (),
        ("Add Mean squared error",),
    ),
    "no loss for a table without a column to predict": Row(
        document(
            {
                "prices": node(
                    "CSVFile",
                    path="prices.csv",
                    schema={"columns": [{"name": "area", "role": "feature", "dtype": "number"}]},
                ),
                "linear": node("Linear", out_features=1),
            },
            ["prices.features -> linear.input"],
        ),
        "G302",
        "There is no loss, and Prices (CSV file) has no column to predict, so nothing says what a good result is. "
        "Select it, and make a column a class or a number to predict.",
        ("prices",),
        (),
    ),
    "muted loss": Row(
        document(
            {"iris": "Iris", "loss": node("CrossEntropyLoss", Marks(muted=True))},
            ["iris.features -> loss.logits", "iris.label -> loss.target"],
        ),
        "G302",
        "Loss (Cross entropy) is muted, and there is no other loss: nothing says what is good. Unmute it.",
        ("loss",),
        ("Unmute Loss",),
    ),
    "loss for evaluation only": Row(
        document(
            {"iris": "Iris", "loss": node("CrossEntropyLoss", Marks(only="evaluate"))},
            ["iris.features -> loss.logits", "iris.label -> loss.target"],
        ),
        "G302",
        "Loss (Cross entropy) runs in evaluation only, and there is no other loss: nothing says what is good. "
        "Let it always run.",
        ("loss",),
        ("Let Loss always run",),
    ),
    "loss for prediction only": Row(
        classifier(
            node("Linear", out_features=3),
            {"other": node("CrossEntropyLoss", Marks(only="predict"))},
            "scores.output -> other.logits",
            "iris.label -> other.target",
        ),
        "G302",
        "Other (Cross entropy) runs in prediction only, which computes no loss, so it counts nowhere. "
        "Let it always run.",
        ("other",),
        ("Let Other always run",),
        "warning",
    ),
    "nothing learns": Row(
        document(
            {"diabetes": "Diabetes", "tanh": "Tanh", "loss": "MSELoss"},
            [
                "diabetes.target -> tanh.input",
                "tanh.output -> loss.input",
                "diabetes.target -> loss.target",
            ],
        ),
        "G303",
        "No layer before Loss (Mean squared error) has weights, so nothing learns. Put one there, such as Linear.",
        ("loss",),
        ("Insert Linear with Out features 1",),
    ),
    "all frozen": Row(
        marked(frozen=True),
        "G303",
        "All layers before Loss (Cross entropy) are frozen, so nothing learns. Unfreeze one of them.",
        ("loss", "scores"),
        ("Unfreeze all of them",),
    ),
    "unused": Row(
        classifier(
            node("Linear", out_features=3),
            {"tanh": "Tanh", "relu": "ReLU", "gelu": "GELU"},
            "scores.output -> tanh.input",
            "tanh.output -> relu.input",
            "relu.output -> gelu.input",
        ),
        "G401",
        "GELU leads to no loss, metric or output, so it and 2 before it are not computed. "
        "Wire it on, or remove it.",
        ("gelu", "relu", "tanh"),
        ("Remove them",),
        "warning",
    ),
    "loose": Row(
        classifier(node("Linear", out_features=3), {"tanh": "Tanh"}),
        "G401",
        "Tanh leads to no loss, metric or output, so it is not computed. Wire it on, or remove it.",
        ("tanh",),
        ("Remove Tanh",),
        "warning",
    ),
    "softmax before cross entropy": Row(
        document(
            {
                "iris": "Iris",
                "scores": node("Linear", out_features=3),
                "softmax": "Softmax",
                "dropout": "Dropout",
                "loss": "CrossEntropyLoss",
            },
            [
                "iris.features -> scores.input",
                "scores.output -> softmax.input",
                "softmax.output -> dropout.input",
                "dropout.output -> loss.logits",
                "iris.label -> loss.target",
            ],
        ),
        "G402",
        "Softmax stands before Loss (Cross entropy), which takes raw scores and applies softmax itself. "
        "Twice makes training slow and its result worse. Take Softmax out of this way.",
        ("softmax", "loss"),
        ("Take out Softmax",),
        "warning",
    ),
    "sigmoid before binary cross entropy, used elsewhere": Row(
        document(
            {
                "cancer": "BreastCancer",
                "score": node("Linear", out_features=1),
                "sigmoid": "Sigmoid",
                "loss": "BCEWithLogitsLoss",
                "output": "Output",
            },
            [
                "cancer.features -> score.input",
                "score.output -> sigmoid.input",
                "sigmoid.output -> loss.logits",
                "cancer.label -> loss.target",
                "sigmoid.output -> output.input",
            ],
        ),
        "G402",
        "Sigmoid stands before Loss (Binary cross entropy), which takes raw scores and applies sigmoid itself. "
        "Twice makes training slow and its result worse. Take Sigmoid out of this way.",
        ("sigmoid", "loss"),
        ("Take out Sigmoid",),
        "warning",
    ),
    "raw scores before a loss of logarithms": Row(
        logged("Dropout", "NLLLoss"),
        "G403",
        "Scores (Linear) gives raw scores to Loss (Negative log likelihood), which takes logarithms of "
        "probabilities. Put Log softmax between them, or make Loss Cross entropy.",
        ("scores", "loss"),
        ("Insert Log softmax", "Make it Cross entropy"),
        "warning",
    ),
    "probabilities before a loss of logarithms": Row(
        logged("Softmax", "NLLLoss"),
        "G403",
        "Between (Softmax) gives probabilities to Loss (Negative log likelihood), which takes logarithms of "
        "probabilities. Make Between Log softmax.",
        ("between", "loss"),
        ("Make Between Log softmax",),
        "warning",
    ),
    "absurd weights": Row(
        classifier(
            node("Linear", out_features=2**31 - 1),
            {"big": node("Linear", out_features=2**31 - 1), "end": "Output"},
            "scores.output -> big.input",
            "big.output -> end.input",
        ),
        "G601",
        "Big (Linear) would have 10^18 weights (10^19 bytes), more than any machine can hold. "
        "Choose smaller sizes.",
        ("big",),
        ("Reset the settings of Big",),
    ),
    "absurd outputs": Row(
        document(
            {
                "digits": "Digits",
                "wide": node("ConstantPad2d", padding=(1_000_000,)),
                "output": "Output",
            },
            ["digits.image -> wide.input", "wide.output -> output.input"],
        ),
        "G601",
        "Wide (Constant pad 2D) would give 4 trillion numbers for each sample (14.6 TiB), "
        "more than any machine can hold. Choose smaller sizes.",
        ("wide",),
        ("Reset the settings of Wide",),
    ),
    "absurd outputs together": Row(
        document(
            {
                "digits": "Digits",
                "wide": node("ConstantPad2d", padding=(100_000,)),
                "a": "ReLU",
                "b": "Tanh",
                "output": "Output",
            },
            [
                "digits.image -> wide.input",
                "wide.output -> a.input",
                "a.output -> b.input",
                "b.output -> output.input",
            ],
        ),
        "G601",
        "Wide (Constant pad 2D) and the other layers would give 160 billion numbers together for each sample "
        "(596.1 GiB), more than any machine can hold. Choose smaller sizes.",
        ("wide",),
        ("Reset the settings of Wide",),
    ),
    "absurd sum": Row(
        document(
            {
                "iris": "Iris",
                "a": node("Linear", out_features=200_000),
                "b": node("Linear", out_features=300_000),
                "c": node("Linear", out_features=200_000),
                "output": "Output",
            },
            [
                "iris.features -> a.input",
                "a.output -> b.input",
                "b.output -> c.input",
                "c.output -> output.input",
            ],
        ),
        "G601",
        "B (Linear) and the other layers would have 120 billion weights together (447 GiB), "
        "more than any machine can hold. Choose smaller sizes.",
        ("b",),
        ("Reset the settings of B",),
    ),
}
