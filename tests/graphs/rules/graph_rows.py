"""Networks with a node, a parameter or a wire that is wrong: the sentence, and what the ways out are called."""

from __future__ import annotations

from graphs.expression import Expression
from graphs.graph import Marks
from tests.documents import document, node
from tests.graphs.rules.rows import Row, classifier, good, marked, placed

GRAPH_ROWS = {
    "unknown type": Row(
        classifier("Lineer"),
        "G100",
        'Scores is of the type "Lineer", which this version of Lamina does not know. Did you mean Linear?',
        ("scores",),
        ("Make it Linear", "Take out Scores"),
    ),
    "unknown type without a near one": Row(
        classifier("Zzz"),
        "G100",
        'Scores is of the type "Zzz", which this version of Lamina does not know.',
        ("scores",),
        ("Take out Scores",),
    ),
    "loop": Row(
        document(
            {"a": "ReLU", "b": "Tanh", "c": "GELU"},
            ["a.output -> b.input", "b.output -> c.input", "c.output -> a.input"],
        ),
        "G101",
        "A -> B -> C -> A is a loop. Remove one of its wires.",
        ("a", "b", "c"),
        ("Remove the wire from C to A",),
    ),
    "loop of one": Row(
        document({"relu": "ReLU"}, ["relu.output -> relu.input"]),
        "G101",
        "ReLU -> ReLU is a loop. Remove one of its wires.",
        ("relu",),
        ("Remove the wire from ReLU to ReLU",),
    ),
    "long loop behind a row": Row(
        document(
            {f"n{index}": "ReLU" for index in range(9)},
            [f"n{index}.output -> n{index + 1}.input" for index in range(1, 8)]
            + ["n8.output -> n1.input"],
        ),
        "G101",
        "N1 -> N2 -> N3 -> N4 -> N5 -> ... -> N1 is a loop. Remove one of its wires.",
        tuple(f"n{index}" for index in range(1, 9)),
        ("Remove the wire from N8 to N1",),
    ),
    "wrong parameter": Row(
        good(out_features=-1),
        "G102",
        "Scores (Linear): Out features must be at least 1, but is -1.",
        ("scores",),
        ("Reset Out features",),
    ),
    "parameter that is none": Row(
        good(colour="red"),
        "G102",
        "Scores (Linear): It has no parameter called colour; its parameters are: out_features, bias.",
        ("scores",),
        ("Remove colour",),
    ),
    "two wrong parameters": Row(
        good(bias=3, out_features="ten"),
        "G102",
        'Scores (Linear): Out features must be a whole number, but is "ten".',
        ("scores",),
        ("Reset what is wrong",),
    ),
    "no input": Row(
        document(
            {"iris": "Iris", "linear": "Linear", "loss": "MSELoss"},
            ["linear.output -> loss.input", "iris.features -> loss.target"],
        ),
        "G103",
        "Linear has no input. Wire something to it.",
        ("linear",),
        ("Connect features of Iris to Linear",),
    ),
    "no target": Row(
        document(
            {"iris": "Iris", "scores": node("Linear", out_features=3), "loss": "CrossEntropyLoss"},
            ["iris.features -> scores.input", "scores.output -> loss.logits"],
        ),
        "G103",
        'Loss (Cross entropy) has nothing wired to its input "target".',
        ("loss",),
        ("Connect label of Iris to Loss",),
    ),
    "no target, and another number of scores": Row(
        document(
            {"iris": "Iris", "scores": node("Linear", out_features=64), "loss": "CrossEntropyLoss"},
            ["iris.features -> scores.input", "scores.output -> loss.logits"],
        ),
        "G103",
        'Loss (Cross entropy) has nothing wired to its input "target".',
        ("loss",),
        ("Connect label of Iris to Loss",),
    ),
    "metric that is not connected": Row(
        classifier(node("Linear", out_features=3), {"accuracy": "Accuracy"}),
        "G103",
        'Accuracy has nothing wired to its inputs "input" and "target".',
        ("accuracy",),
        ("Connect Scores and label of Iris to Accuracy",),
    ),
    "output that is not connected": Row(
        classifier(node("Linear", out_features=3), {"output": "Output"}),
        "G103",
        "Output has no input. Wire something to it.",
        ("output",),
        (
            "Connect Scores to Output",
            "Connect label of Iris to Output",
            "Connect features of Iris to Output",
        ),
    ),
    "no input, and nothing that fits": Row(
        document({"embedding": "Embedding", "end": "Output"}, ["embedding.output -> end.input"]),
        "G103",
        "Embedding has no input. Wire something to it.",
        ("embedding",),
        ("Remove Embedding",),
    ),
    "no loss beside a metric": Row(
        document(
            {"iris": "Iris", "scores": node("Linear", out_features=3), "accuracy": "Accuracy"},
            [
                "iris.features -> scores.input",
                "scores.output -> accuracy.input",
                "iris.label -> accuracy.target",
            ],
        ),
        "G302",
        "There is no loss, so nothing says what a good result is. Add one and wire it to the result and the target.",
        (),
        ("Add Cross entropy",),
    ),
    "no such output": Row(
        classifier(node("Linear", out_features=3), {"tanh": "Tanh"}, "iris.petals -> tanh.input"),
        "G104",
        'A wire to Tanh is at output "petals" of Iris, but its outputs are: features, label. Remove the wire.',
        ("iris", "tanh"),
        ("Remove the wire",),
    ),
    "no such input": Row(
        classifier(node("Linear", out_features=3), {"add": "Add"}, "iris.features -> add.left"),
        "G104",
        'A wire from Iris is at input "left" of Add, but its inputs are: inputs.0. Remove the wire.',
        ("add", "iris"),
        ("Remove the wire",),
    ),
    "a row of inputs named without a number": Row(
        classifier(
            node("Linear", out_features=3),
            {"add": "Add", "end": "Output"},
            "iris.features -> add.inputs",
            "iris.features -> add.inputs.0",
            "iris.features -> add.inputs.1",
            "add.output -> end.input",
        ),
        "G104",
        'A wire from Iris is at input "inputs" of Add, but its inputs are: inputs.0. Remove the wire.',
        ("add", "iris"),
        ("Remove the wire",),
    ),
    "a row of inputs with a gap": Row(
        classifier(
            node("Linear", out_features=3),
            {"add": "Add", "end": "Output"},
            "iris.features -> add.inputs.0",
            "iris.features -> add.inputs.2",
            "add.output -> end.input",
        ),
        "G103",
        'Add has nothing wired to its input "inputs.1".',
        ("add",),
        ("Connect features of Iris to Add",),
    ),
    "parameter with a slip in its name": Row(
        good(out_featurs=3),
        "G102",
        "Scores (Linear): It has no parameter called out_featurs; its parameters are: out_features, bias. "
        "Did you mean out_features?",
        ("scores",),
        ("Remove out_featurs",),
    ),
    "wire to a port with a slip in its name": Row(
        classifier(
            node("Linear", out_features=3),
            {"end": "Output"},
            "scores.outpt -> end.input",
        ),
        "G104",
        'A wire to End is at output "outpt" of Scores (Linear), but its outputs are: output. Remove the wire.',
        ("scores", "end"),
        ('Use its output "output"', "Remove the wire"),
    ),
    "placement with a wrong parameter": Row(
        placed(),
        "G107",
        "Scores: It has no parameter called width; its parameters are: none.",
        ("scores",),
        ("Remove width", "Remove Scores"),
    ),
    "condition": Row(
        marked(when=Expression("i == 0")),
        "G105",
        "Scores (Linear) stands under a condition, which only has a meaning inside a block. Drop it.",
        ("scores",),
        ("Drop the condition",),
    ),
    "tie with nothing": Row(
        marked(tie={"weight": "other.weight"}),
        "G306",
        "Scores (Linear) takes other.weight as its weight, but there is no node other. Untie them.",
        ("scores",),
        ("Untie them",),
    ),
    "tie of another size": Row(
        marked(tie={"weight": "scores.bias"}),
        "G306",
        "Scores (Linear) takes scores.bias as its weight, but those have 3 x 4 and 3 numbers. Untie them.",
        ("scores", "scores"),
        ("Untie them",),
    ),
    "tie with no weight": Row(
        marked(tie={"weight": "scores.gain"}),
        "G306",
        "Scores (Linear) takes scores.gain as its weight, but there is no such weight. Untie them.",
        ("scores", "scores"),
        ("Untie them",),
    ),
    "muted data": Row(
        document(
            {
                "iris": node("Iris", Marks(muted=True)),
                "scores": node("Linear", out_features=3),
                "loss": "CrossEntropyLoss",
            },
            [
                "iris.features -> scores.input",
                "scores.output -> loss.logits",
                "iris.label -> loss.target",
            ],
        ),
        "G106",
        "Iris is muted, but something needs its data. Unmute it.",
        ("iris",),
        ("Unmute Iris",),
    ),
    "shared weights that differ": Row(
        classifier(
            node("Linear", Marks(weights="tower"), out_features=3),
            {"other": node("Linear", Marks(weights="tower"), out_features=4), "end": "Output"},
            "iris.features -> other.input",
            "other.output -> end.input",
        ),
        "G304",
        "Other (Linear) and Scores (Linear) share weights, but are not the same layer on inputs of the same "
        "size. Make them equal, or give each its own.",
        ("other", "scores"),
        ("Give Other weights of its own",),
    ),
    "shared weights by the name of a node": Row(
        marked(weights="loss"),
        "G304",
        'Scores (Linear) shares weights by the name "loss", but that is the id of Loss. Choose another name.',
        ("scores", "loss"),
        ("Give Scores weights of its own",),
    ),
    "another mode that does not fit": Row(
        marked(only="evaluate"),
        "G305",
        "In training, where Scores does not run: Loss (Cross entropy) has 3 classes to choose from, "
        "but gets 4 scores for them. Let the layer before it give 3 outputs.",
        ("loss", "scores"),
        ("Let Scores always run",),
    ),
}
