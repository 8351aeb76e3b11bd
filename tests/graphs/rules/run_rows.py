"""Objectives and run settings with one thing wrong, the sentence about it, and the ways out."""

from __future__ import annotations

from dataclasses import replace

from graphs.content import EarlyStopping, Minimise, Objective, RunSettings, Typed
from graphs.expression import Expression
from graphs.graph import Marks
from tests.documents import node
from tests.graphs.rules.rows import Row, classifier, good, with_objective, with_run

RUN_ROWS = {
    "loss that is none": Row(
        with_objective(minimise=(Minimise("los"),)),
        "G501",
        'Objective "learn" minimises "los", which is no loss of this network. Did you mean loss?',
        (),
        (
            "Minimise loss instead",
            "Take it out of the objective",
        ),
    ),
    "loss that rests in training": Row(
        replace(
            classifier(
                node("Linear", out_features=3),
                {"other": node("CrossEntropyLoss", Marks(only="evaluate"))},
                "scores.output -> other.logits",
                "iris.label -> other.target",
            ),
            objectives=(Objective(minimise=(Minimise("loss"), Minimise("other"))),),
        ),
        "G501",
        'Objective "learn" minimises "other", which runs in evaluation only. '
        "Let it always run, or take it out of the objective.",
        (),
        ("Take it out of the objective",),
    ),
    "weight by expression": Row(
        with_objective(minimise=(Minimise("loss", Expression("step / total")),)),
        "G501",
        'Objective "learn" weighs "loss" by what has no value: The expression “step / total” names “total”, '
        "which is not known here; known are: epoch, step.",
        (),
        ("Weigh it by 1",),
    ),
    "no objective": Row(
        replace(good(), objectives=()),
        "G501",
        "The document has no objective, so nothing says what to learn. Add the usual one.",
        (),
        ("Add the usual objective",),
    ),
    "optimizer": Row(
        with_objective(optimizer=Typed("AdamX")),
        "G502",
        'Objective "learn" cannot step: There is no optimizer called "AdamX". Did you mean Adamax?',
        (),
        (
            "Use Adamax",
            "Use AdamW as it comes",
        ),
    ),
    "optimizer in small letters": Row(
        with_objective(optimizer=Typed("sgd", {"lr": 0.1})),
        "G502",
        'Objective "learn" cannot step: There is no optimizer called "sgd". Did you mean SGD?',
        (),
        ("Use SGD", "Use AdamW as it comes"),
    ),
    "parameter that an optimizer has not": Row(
        with_objective(optimizer=Typed("SGD", {"lr": 0.1, "speed": 1})),
        "G502",
        'Objective "learn" cannot step: SGD has no parameter called speed; its parameters are: '
        "lr, momentum, weight_decay, dampening, nesterov.",
        (),
        ("Remove speed", "Use AdamW as it comes"),
    ),
    "nesterov without momentum": Row(
        with_objective(optimizer=Typed("SGD", {"nesterov": True})),
        "G502",
        'Objective "learn" cannot step: SGD: Nesterov needs a momentum above 0, and no dampening.',
        (),
        ("Reset Nesterov", "Use AdamW as it comes"),
    ),
    "schedule": Row(
        with_objective(scheduler=Typed("StepLR", {"step_size": 0})),
        "G503",
        'Objective "learn" cannot be scheduled: StepLR: Step size must be at least 1, but is 0.',
        (),
        (
            "Reset Step size",
            "Use no schedule",
        ),
    ),
    "epochs": Row(
        with_run(epochs=0),
        "G504",
        "Run settings: Epochs must be at least 1 and at most 1,000,000, but is 0.",
        (),
        ("Reset Epochs",),
    ),
    "every": Row(
        with_objective(every=0),
        "G504",
        'Objective "learn" learns every 0 steps or fewer.',
        (),
        ("Reset it",),
    ),
    "from": Row(
        with_objective(from_epoch=-1),
        "G504",
        'Objective "learn" starts before epoch 0.',
        (),
        ("Reset it",),
    ),
    "to": Row(
        with_objective(from_epoch=3, to_epoch=2),
        "G504",
        'Objective "learn" ends before it starts.',
        (),
        ("Reset it",),
    ),
    "clip": Row(
        with_objective(clip=0.0),
        "G504",
        'Objective "learn" clips gradients at 0 or less.',
        (),
        ("Reset it",),
    ),
    "monitor": Row(
        with_run(early_stopping=EarlyStopping("val_los")),
        "G504",
        'Early stopping watches "val_los", which this run does not measure. Did you mean val_loss?',
        (),
        ("Watch the validation loss",),
    ),
    "patience": Row(
        with_run(early_stopping=EarlyStopping(patience=0)),
        "G504",
        "Early stopping must wait for at least 1 epoch, but its patience is 0.",
        (),
        ("Wait 10 epochs",),
    ),
    "progress": Row(
        with_run(early_stopping=EarlyStopping(min_delta=-0.5)),
        "G504",
        "Early stopping asks for a progress of -0.5, but that must be at least 0.",
        (),
        ("Ask for any progress",),
    ),
    "monitor of a metric with a slip in its name": Row(
        replace(
            classifier(
                node("Linear", out_features=3),
                {"accuracy": "Accuracy"},
                "scores.output -> accuracy.input",
                "iris.label -> accuracy.target",
            ),
            run=RunSettings(early_stopping=EarlyStopping("val_acuracy")),
        ),
        "G504",
        'Early stopping watches "val_acuracy", which this run does not measure. Did you mean val_accuracy?',
        (),
        ("Watch val_accuracy", "Watch the validation loss"),
    ),
    "update with a slip in its name": Row(
        with_objective(update=("score",)),
        "G505",
        'Objective "learn" updates "score", which is no node of this network. Did you mean scores?',
        (),
        ("Update scores instead", "Take it out of the objective"),
    ),
    "update": Row(
        with_objective(update=("generator", "scores")),
        "G505",
        'Objective "learn" updates "generator", which is no node of this network. There are: iris, loss, scores.',
        (),
        ("Take it out of the objective",),
    ),
}
