"""Modules and a training loop as one writes them in plain PyTorch, to compare with."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from lightning_modules.data import prepare
from lightning_modules.order import epoch_order


class MLP(nn.Module):
    """What `digits_mlp` draws."""

    def __init__(self):
        super().__init__()
        self.hidden, self.scores = nn.Linear(64, 32), nn.Linear(32, 10)

    def forward(self, image):
        """Scores or predictions (B, ...)."""
        return self.scores(torch.relu(self.hidden(image.flatten(1))))


class LeNet(nn.Module):
    """What `digits_cnn` draws."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.dropout = dropout
        self.conv, self.norm = nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.conv_2, self.scores = nn.Conv2d(6, 12, 3), nn.Linear(48, 10)

    def forward(self, image):
        """Scores or predictions (B, ...)."""
        x = torch.max_pool2d(torch.relu(self.norm(self.conv(image))), 2)
        x = torch.relu(self.conv_2(x)).flatten(1)
        return self.scores(nn.functional.dropout(x, self.dropout, self.training))


class Forecast(nn.Module):
    """What `series_gru` draws."""

    def __init__(self):
        super().__init__()
        self.gru, self.next = nn.GRU(1, 16, batch_first=True), nn.Linear(16, 1)

    def forward(self, sequence):
        """Scores or predictions (B, ...)."""
        return self.next(self.gru(sequence)[0][:, -1])


class Attentive(nn.Module):
    """One transformer layer over a series."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(1, 16)
        self.block = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        self.next = nn.Linear(16, 1)

    def forward(self, sequence):
        """Scores or predictions (B, ...)."""
        return self.next(self.block(self.embed(sequence))[:, -1])


class TwoInputs(nn.Module):
    """Two tables, joined."""

    def __init__(self):
        super().__init__()
        self.left, self.right, self.scores = nn.Linear(4, 8), nn.Linear(13, 8), nn.Linear(16, 3)

    def forward(self, iris, wine):
        """Scores or predictions (B, ...)."""
        return self.scores(torch.cat([self.left(iris), self.right(wine)], dim=1))


def train_by_hand(
    module,
    loss,
    inputs,
    target,
    *,
    seed,
    batch_size,
    steps,
    make_optimizer,
    make_schedule=None,
    schedule_by="step",
    clip=None,
):
    """The losses of so many steps of the plainest loop, in the order that a run of this seed sees."""
    optimizer = make_optimizer(module.parameters())
    schedule = make_schedule(optimizer) if make_schedule is not None else None
    losses = []
    module.train()
    epoch = 0
    while len(losses) < steps:
        order = epoch_order(seed, epoch, len(target))
        for rows in order.split(batch_size):
            if len(losses) == steps:
                break
            optimizer.zero_grad()
            value = loss(module(inputs[rows]), target[rows])
            value.backward()
            if clip is not None:
                nn.utils.clip_grad_norm_(module.parameters(), clip)
            optimizer.step()
            losses.append(value.item())
            if schedule is not None and schedule_by == "step":
                schedule.step()
        if schedule is not None and schedule_by == "epoch":
            schedule.step()
        epoch += 1
    return losses


def train_mlp_by_hand(described, **how):
    """The losses that a digits MLP has in the plainest loop, on the training part that its document describes."""
    columns = prepare(described, Path()).splits["train"]
    torch.manual_seed(0)
    data = columns["digits.image"], columns["digits.label"]
    return train_by_hand(MLP(), nn.CrossEntropyLoss(), *data, seed=0, **how)
