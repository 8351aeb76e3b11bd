"""The optimizers and schedules that a document may name: a closed table, each with its parameters in words.

Names, parameters and defaults are those of torch.optim, so that forms, rules and the trainer read one table
and none of them imports torch. A value of None stands for "as long as the run" or "as torch decides".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Literal

from graphs.content import Typed
from graphs.param import Param


@dataclass(frozen=True)
class Choice:
    """One optimizer or schedule: its name in torch.optim, a sentence for people, and its parameters.

    `step` says after what a schedule moves on: an epoch or a batch.
    """

    type: str
    doc: str
    params: Mapping[str, Param]
    step: Literal["epoch", "batch"] = "epoch"


_LR = Param("lr", "float", 0.001, "Learning rate: how far one step goes.", ge=0)
_DECAY = Param("weight_decay", "float", 0.0, "How strongly weights are pulled to zero.", ge=0)
_EPS = Param(
    "eps", "float", 1e-8, "Added to a divisor, so that it is never zero.", gt=0, advanced=True
)
_BETAS = Param(
    "betas", "floats", (0.9, 0.999), "How long the averages of gradients and of their squares remember.",
    ge=0, lt=1, advanced=True,
)  # fmt: skip
_MOMENTUM = Param(
    "momentum", "float", 0.0, "How much of the last step is kept in the next.", ge=0, lt=1
)
_AMSGRAD = Param(
    "amsgrad",
    "bool",
    default=False,
    doc="Never forget the largest squared gradient.",
    advanced=True,
)
_GAMMA = Param("gamma", "float", 0.1, "What the learning rate is multiplied with.", gt=0, le=10)
_ETA_MIN = Param("eta_min", "float", 0.0, "The lowest learning rate.", ge=0)


def _table(*choices: Choice) -> dict[str, Choice]:
    return {choice.type: choice for choice in choices}


def _choice(
    type_: str, doc: str, *params: Param, step: Literal["epoch", "batch"] = "epoch"
) -> Choice:
    return Choice(type_, doc, {param.name: param for param in params}, step)


OPTIMIZERS: dict[str, Choice] = _table(
    _choice(
        "AdamW",
        "Adam with a weight decay that stands apart from the gradient: a good first choice.",
        _LR, _BETAS, _EPS, replace(_DECAY, default=0.01), _AMSGRAD,
    ),
    _choice(
        "Adam",
        "Steps scaled for every weight by its recent gradients.",
        _LR, _BETAS, _EPS, _DECAY, _AMSGRAD,
    ),
    _choice(
        "SGD",
        "Plain steps down the gradient, with momentum if you like.",
        _LR, _MOMENTUM, _DECAY,
        Param(
            "dampening", "float", 0.0, "How much of the new gradient momentum leaves out.", ge=0, le=1, advanced=True
        ),
        Param(
            "nesterov", "bool", default=False, advanced=True,
            doc="Look ahead along the momentum; needs momentum above 0.",
        ),
    ),
    _choice(
        "RMSprop",
        "Steps divided by the recent size of the gradients.",
        replace(_LR, default=0.01), _MOMENTUM, _DECAY,
        Param("alpha", "float", 0.99, "How long the average of squared gradients remembers.", ge=0, lt=1),
        _EPS,
        Param("centered", "bool", default=False, doc="Take the mean gradient off first.", advanced=True),
    ),
    _choice(
        "NAdam",
        "Adam that looks ahead along its momentum.",
        replace(_LR, default=0.002), _BETAS, _EPS, _DECAY,
        Param("momentum_decay", "float", 0.004, "How fast the momentum fades.", ge=0, advanced=True),
    ),
    _choice("RAdam", "Adam with a careful start.", _LR, _BETAS, _EPS, _DECAY),
    _choice(
        "Adamax", "Adam that scales by the largest gradient.", replace(_LR, default=0.002), _BETAS, _EPS, _DECAY
    ),
    _choice(
        "Adagrad",
        "Steps that shrink for weights that moved a lot; good for rare features.",
        replace(_LR, default=0.01), _DECAY,
        Param("lr_decay", "float", 0.0, "How fast the learning rate shrinks.", ge=0),
        Param("initial_accumulator_value", "float", 0.0, "What the sum of squares begins with.", ge=0, advanced=True),
        replace(_EPS, default=1e-10),
    ),
    _choice(
        "Adadelta",
        "Steps in the size of the last ones; needs no careful learning rate.",
        replace(_LR, default=1.0), _DECAY,
        Param("rho", "float", 0.9, "How long the averages remember.", ge=0, le=1),
        replace(_EPS, default=1e-6),
    ),
    _choice(
        "ASGD",
        "Plain steps, with an average of the weights over time.",
        replace(_LR, default=0.01), _DECAY,
        Param("lambd", "float", 0.0001, "How fast the steps shrink.", ge=0, advanced=True),
        Param("alpha", "float", 0.75, "The power in which the steps shrink.", ge=0, advanced=True),
        Param("t0", "float", 1e6, "The step at which averaging starts.", ge=0, advanced=True),
    ),
    _choice(
        "Rprop",
        "Steps by the sign of the gradient only; for full batches.",
        replace(_LR, default=0.01),
        Param("etas", "floats", (0.5, 1.2), "By what a step shrinks and grows.", gt=0, advanced=True),
        Param("step_sizes", "floats", (1e-6, 50.0), "The smallest and the largest step.", gt=0, advanced=True),
    ),
)  # fmt: skip
"""By name, the usual ones first."""

SCHEDULERS: dict[str, Choice] = _table(
    _choice(
        "CosineAnnealingLR",
        "Goes down in a half cosine wave.",
        Param(
            "T_max", "int", None, "Epochs to the lowest; none means the whole run.", ge=1, unit="epochs", optional=True
        ),
        _ETA_MIN,
    ),
    _choice(
        "OneCycleLR",
        "Up to the peak and far down again, within the run, batch by batch.",
        Param("max_lr", "float", 0.01, "The peak.", gt=0),
        Param("pct_start", "float", 0.3, "The share of the run that goes up.", gt=0, lt=1),
        Param("anneal_strategy", "choice", "cos", "The shape of the way.", choices=("cos", "linear")),
        Param("div_factor", "float", 25.0, "The peak divided by the start.", gt=0, advanced=True),
        Param("final_div_factor", "float", 1e4, "The start divided by the end.", gt=0, advanced=True),
        Param("three_phase", "bool", default=False, doc="Go up, down and then far down.", advanced=True),
        step="batch",
    ),
    _choice(
        "ReduceLROnPlateau",
        "Goes down when the validation loss stops falling.",
        Param("factor", "float", 0.1, "What the learning rate is multiplied with.", gt=0, lt=1),
        Param("patience", "int", 10, "How many epochs without progress to wait.", ge=0, unit="epochs"),
        Param("threshold", "float", 1e-4, "The smallest change that counts as progress.", ge=0, advanced=True),
        Param(
            "threshold_mode", "choice", "rel", "Whether that is a share or a number.",
            choices=("rel", "abs"), advanced=True,
        ),
        Param("cooldown", "int", 0, "Epochs to wait after going down.", ge=0, unit="epochs", advanced=True),
        Param("min_lr", "float", 0.0, "The lowest learning rate.", ge=0),
    ),
    _choice(
        "StepLR",
        "Goes down by a factor every few epochs.",
        Param("step_size", "int", 10, "Epochs between the steps.", ge=1, unit="epochs"),
        _GAMMA,
    ),
    _choice(
        "MultiStepLR",
        "Goes down by a factor at the epochs that you name.",
        Param("milestones", "ints", (10, 15), "The epochs.", ge=1, unit="epochs"),
        _GAMMA,
    ),
    _choice("ExponentialLR", "Goes down by a factor every epoch.", replace(_GAMMA, default=0.95)),
    _choice(
        "LinearLR",
        "Warms up: goes in a straight line from a share of the learning rate to another.",
        Param("start_factor", "float", 1 / 3, "The share at the start.", gt=0, le=1),
        Param("end_factor", "float", 1.0, "The share at the end.", ge=0, le=1),
        Param("total_iters", "int", 5, "Epochs on the way.", ge=1, unit="epochs"),
    ),
    _choice(
        "ConstantLR",
        "Starts at a share of the learning rate.",
        Param("factor", "float", 1 / 3, "The share.", gt=0, le=1),
        Param("total_iters", "int", 5, "Epochs until the whole rate.", ge=1, unit="epochs"),
    ),
    _choice(
        "PolynomialLR",
        "Goes down to zero along a power.",
        Param(
            "total_iters", "int", None, "Epochs to zero; none means the whole run.", ge=1, unit="epochs", optional=True
        ),
        Param("power", "float", 1.0, "The power; 1 is a straight line.", gt=0),
    ),
    _choice(
        "CosineAnnealingWarmRestarts",
        "Goes down in half cosine waves, again and again.",
        Param("T_0", "int", 10, "Epochs of the first wave.", ge=1, unit="epochs"),
        Param("T_mult", "int", 1, "By what each wave is longer than the one before.", ge=1),
        _ETA_MIN,
    ),
)  # fmt: skip
"""By name, the usual ones first. Trainers put the run's length where it is None, and give what they alone know."""

RUN_PARAMS: dict[str, Param] = {
    param.name: param
    for param in (
        Param(
            "epochs",
            "int",
            20,
            "How often training goes through all training data.",
            ge=1,
            le=1_000_000,
        ),
        Param(
            "batch_size",
            "int",
            64,
            "Samples that one step learns from.",
            ge=1,
            le=1_000_000,
            unit="samples",
        ),
        Param("seed", "int", 0, "Fixes all chance: split, first weights, order, dropout.", ge=0),
        Param(
            "device", "choice", "auto", "Where it computes.", choices=("auto", "cpu", "cuda", "mps")
        ),
        Param(
            "precision", "choice", "32", "Bits of the numbers in use.", choices=("32", "bf16", "16")
        ),
        Param(
            "threads",
            "int",
            0,
            "Threads of the processor; 0 chooses by the work.",
            ge=0,
            le=1024,
            advanced=True,
        ),
        Param(
            "compile",
            "bool",
            default=False,
            doc="Let torch.compile make code of the network: that takes a minute, then steps are faster.",
            advanced=True,
            label="Compile",
        ),
        Param(
            "channels_last",
            "bool",
            default=False,
            doc="Keep the channels of a pixel side by side in memory, which suits many convolutions.",
            advanced=True,
        ),
        Param(
            "fused",
            "bool",
            default=False,
            doc="Let one kernel change all weights at once.",
            advanced=True,
            label="Fused optimizer",
        ),
    )
}
"""The run settings, declared like the parameters of a layer."""


def faults(typed: Typed, table: Mapping[str, Choice], what: str) -> tuple[str, ...]:
    """A sentence for everything that is wrong with a named choice; `what` is "optimizer" or "schedule"."""
    choice = table.get(typed.type)
    if choice is None:
        near = _near(typed.type, table)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(table)}."
        return (f'There is no {what} called "{typed.type[:40]}". {hint}',)
    found: list[str] = []
    for name, value in typed.params.items():
        if name not in choice.params:
            found.append(
                f"{typed.type} has no parameter called {name[:40]}; its parameters are: {', '.join(choice.params)}."
            )
            continue
        try:
            _read(choice.params[name], value)
        except ValueError as error:
            found.append(f"{typed.type}: {error}")
    if not found and typed.params.get("nesterov") is True:
        found += _nesterov(typed.params)
    return tuple(found)


def mended(typed: Typed, table: Mapping[str, Choice]) -> tuple[str, Typed] | None:
    """The same choice without what is wrong in it, and what a button says of that; None if its name means nothing.

    A name that is nearly right becomes that one, if all else is right.
    """
    type_id = next(iter((typed.type,) if typed.type in table else _near(typed.type, table)), "")
    if not type_id:
        return None
    params = table[type_id].params
    wrong = [name for name, value in typed.params.items() if not _is_right(params, name, value)]
    if type_id != typed.type:
        made = replace(typed, type=type_id)
        return None if faults(made, table, "") else (f"Use {type_id}", made)
    wrong = wrong or ["nesterov"]
    names = {
        name: f"Reset {params[name].title}" if name in params else f"Remove {name[:40]}"
        for name in wrong
    }
    kept = {name: value for name, value in typed.params.items() if name not in wrong}
    return names[wrong[0]] if len(wrong) == 1 else "Reset what is wrong", replace(
        typed, params=kept
    )


def settings(typed: Typed, table: Mapping[str, Choice]) -> dict[str, Any]:
    """All parameters of a named optimizer or schedule, defaults included, in their Python form.

    Raises:
        ValueError: one is wrong; call `faults` first.
        KeyError: it is not in the table.
    """
    choice = table[typed.type]
    given = {name: _read(choice.params[name], value) for name, value in typed.params.items()}
    return {name: given.get(name, param.default) for name, param in choice.params.items()}


def _near(name: str, table: Mapping[str, Choice]) -> list[str]:
    """The name that is most like this one, where upper and lower case are the same; none if none is near."""
    plain = {each.lower(): each for each in table}
    return [plain[each] for each in get_close_matches(name.lower(), plain, n=1)]


def _is_right(params: Mapping[str, Param], name: str, value: Any) -> bool:
    try:
        _read(params[name], value)
    except (KeyError, ValueError):
        return False
    return True


def _nesterov(params: Mapping[str, Any]) -> list[str]:
    good = params.get("momentum") and not params.get("dampening")
    return [] if good else ["SGD: Nesterov needs a momentum above 0, and no dampening."]


def _read(param: Param, value: Any) -> Any:
    result = param.read(value)
    if param.kind == "floats" and len(result) != len(param.default):
        raise ValueError(
            f"{param.title} must be {len(param.default)} numbers, but has {len(result)}."
        )
    return result
