"""The table of optimizers and schedules says what torch.optim says."""

import inspect

import pytest
import torch
from torch import optim

from graphs.content import Typed
from graphs.optimizers import OPTIMIZERS, RUN_PARAMS, SCHEDULERS, faults, settings

FROM_THE_RUN = {"T_max": 5, "total_iters": 5}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_the_parameters_and_defaults_of_torch(name):
    theirs = inspect.signature(getattr(optim, name)).parameters

    for param in OPTIMIZERS[name].params.values():
        assert param.default == theirs[param.name].default
        assert param.read(param.default) == param.default
        assert param.doc.endswith(".")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_torch_makes_and_steps_every_optimizer_from_its_settings(name):
    weight = torch.nn.Parameter(torch.ones(3))
    made = getattr(optim, name)([weight], **settings(Typed(name), OPTIMIZERS))

    weight.sum().backward()
    made.step()

    assert not torch.equal(weight, torch.ones(3))


@pytest.mark.parametrize("name", SCHEDULERS)
def test_torch_makes_every_schedule_from_its_settings(name):
    optimizer = optim.SGD([torch.nn.Parameter(torch.ones(3))], lr=0.1, momentum=0.9)
    values = settings(Typed(name), SCHEDULERS)
    given = {key: FROM_THE_RUN[key] if value is None else value for key, value in values.items()}
    if name == "OneCycleLR":
        given["total_steps"] = 5

    made = getattr(optim.lr_scheduler, name)(optimizer, **given)

    assert made.optimizer is optimizer
    assert all(param.doc.endswith(".") for param in SCHEDULERS[name].params.values())


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (Typed("adam"), 'There is no optimizer called "adam". Did you mean Adam?'),
        (
            Typed("Zzz"),
            (
                'There is no optimizer called "Zzz". There are: AdamW, Adam, SGD, RMSprop, NAdam, RAdam, '
                "Adamax, Adagrad, Adadelta, ASGD, Rprop."
            ),
        ),
        (
            Typed("Adamax", {"speed": 1}),
            "Adamax has no parameter called speed; its parameters are: lr, betas, eps, weight_decay.",
        ),
        (Typed("AdamW", {"lr": -1.0}), "AdamW: Lr must be at least 0, but is -1.0."),
        (Typed("AdamW", {"lr": "fast"}), 'AdamW: Lr must be a number, but is "fast".'),
        (Typed("AdamW", {"betas": (0.9,)}), "AdamW: Betas must be 2 numbers, but has 1."),
        (
            Typed("SGD", {"nesterov": True}),
            "SGD: Nesterov needs a momentum above 0, and no dampening.",
        ),
    ],
)
def test_a_wrong_optimizer_gets_a_sentence(typed, sentence):
    assert faults(typed, OPTIMIZERS, "optimizer") == (sentence,)


def test_a_wrong_schedule_gets_a_sentence():
    found = faults(Typed("CosineAnnealing"), SCHEDULERS, "schedule")

    assert found == (
        'There is no schedule called "CosineAnnealing". Did you mean CosineAnnealingLR?',
    )


def test_every_good_choice_has_no_faults():
    assert not any(faults(Typed(name), OPTIMIZERS, "optimizer") for name in OPTIMIZERS)
    assert not any(faults(Typed(name), SCHEDULERS, "schedule") for name in SCHEDULERS)
    assert not faults(Typed("SGD", {"momentum": 0.9, "nesterov": True}), OPTIMIZERS, "optimizer")


def test_run_settings_are_declared_with_their_defaults():
    from graphs.content import RunSettings

    assert {name: param.default for name, param in RUN_PARAMS.items()} == {
        name: value for name, value in vars(RunSettings()).items() if name != "early_stopping"
    }
