"""The networks of the proof files as one writes them in plain PyTorch; weights in the order of the files."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Basic(nn.Module):
    """Two convolutions and a shortcut: (C, H, W) to (width, H / stride, W / stride)."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width)
            )

    def forward(self, x: Tensor) -> Tensor:
        """The features after the block."""
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class ResNet18(nn.Module):
    """He et al. 2015, in the variant that everyone uses."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        blocks, channels = [], 64
        for stage in range(4):
            width = 64 * 2**stage
            blocks += [
                Basic(channels, width, 2 if stage else 1),
                Basic(width, width, 1),
            ]
            channels = width
        self.blocks = nn.Sequential(*blocks)
        self.scores = nn.Linear(512, classes)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """Scores by output."""
        x = functional.max_pool2d(torch.relu(self.norm(self.conv(image))), 3, 2, 1)
        return {"output": self.scores(self.blocks(x).mean((2, 3)))}


class Siamese(nn.Module):
    """One tower, used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.embed = nn.Conv2d(1, 16, 3, padding=1), nn.Linear(256, 32)
        self.scores = nn.Linear(32, 2)

    def tower(self, image: Tensor) -> Tensor:
        """What an image is embedded as (B, 32)."""
        return self.embed(functional.max_pool2d(torch.relu(self.conv(image)), 2).flatten(1))

    def forward(self, image1: Tensor, image2: Tensor) -> dict[str, Tensor]:
        """Scores by output."""
        return {"output": self.scores((self.tower(image1) - self.tower(image2)) ** 2)}


def perceptron(inputs: int, outputs: int) -> nn.Sequential:
    """The generator and the discriminator."""
    return nn.Sequential(
        nn.Linear(inputs, 128),
        nn.LeakyReLU(),
        nn.Linear(128, 128),
        nn.LeakyReLU(),
        nn.Linear(128, outputs),
    )


class Gan(nn.Module):
    """A generator of points from 8 fresh normal numbers, and its discriminator."""

    def __init__(self) -> None:
        super().__init__()
        self.generator, self.discriminator = perceptron(8, 2), perceptron(2, 1)

    def forward(self, point: Tensor) -> dict[str, Tensor]:
        """Made points, as many as there are real ones."""
        return {"points": self.generator(torch.randn(len(point), 8))}


class Block(nn.Module):
    """A transformer block that normalises first."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm2 = nn.LayerNorm(width)
        self.expand, self.contract = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """The sequence (B, T, E) after the block."""
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        y = self.norm1(x)
        x = x + self.attention(y, y, y, attn_mask=mask, is_causal=True, need_weights=False)[0]
        return x + self.contract(functional.gelu(self.expand(self.norm2(x))))


class Gpt(nn.Module):
    """A language model of four blocks whose head is its embedding."""

    def __init__(self, characters: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(characters, 64)
        self.position = nn.Embedding(64, 64)
        self.blocks = nn.Sequential(*(Block(64, 4) for _ in range(4)))
        self.norm = nn.LayerNorm(64)
        self.head = nn.Linear(64, characters, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, text: Tensor) -> dict[str, Tensor]:
        """Scores of the next character (B, T, V)."""
        x = self.embedding(text) + self.position(torch.arange(text.shape[1]))
        return {"output": self.head(self.norm(self.blocks(x)))}


class Vae(nn.Module):
    """Kingma and Welling 2013; without sampling, as in prediction."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.mean, self.log_variance = (
            nn.Linear(64, 64),
            nn.Linear(64, 2),
            nn.Linear(64, 2),
        )
        self.decoder = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), nn.Linear(64, 64))

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The images that come back."""
        hidden = torch.relu(self.hidden(image.flatten(1)))
        return {"image": self.decoder(self.mean(hidden)).reshape(-1, 1, 8, 8)}


class Diffusion(nn.Module):
    """Ho, Jain and Abbeel 2020 for points: which noise was mixed in, by how much there is of it."""

    def __init__(self) -> None:
        super().__init__()
        rows = [(3, 192), (192, 192), (192, 192), (192, 2)]
        self.layers = nn.ModuleList(nn.Linear(*row) for row in rows)

    def noise(self, x: Tensor, level: Tensor) -> Tensor:
        """The noise in points (B, 2) of this level (B, 1)."""
        x = torch.cat((x, level), 1)
        for layer in self.layers[:-1]:
            x = functional.silu(layer(x))
        return self.layers[-1](x)

    def forward(self, point: Tensor) -> dict[str, Tensor]:
        """The noise that it finds in points that have become noisy."""
        noise, angle = torch.randn_like(point), torch.randn(len(point), 2)
        signal, level = functional.normalize(angle).abs().split(1, 1)
        return {"found": self.noise(signal * point + level * noise, level)}


class Recurrent(nn.Module):
    """A cell of one's own, written as a loop."""

    def __init__(self) -> None:
        super().__init__()
        self.from_input, self.from_state = nn.Linear(1, 16), nn.Linear(16, 16)
        self.next = nn.Linear(16, 1)

    def forward(self, sequence: Tensor) -> dict[str, Tensor]:
        """All states, and the forecast from the last."""
        state, every = torch.zeros(len(sequence), 16), []
        for step in sequence.unbind(1):
            state = torch.tanh(self.from_input(step) + self.from_state(state))
            every.append(state)
        return {"every": torch.stack(every, 1), "forecast": self.next(state)}


class Distilled(nn.Module):
    """A teacher that stands still and its student."""

    def __init__(self) -> None:
        super().__init__()
        self.teacher, self.student = (
            nn.Sequential(nn.Flatten(), nn.Linear(64, width), nn.ReLU(), nn.Linear(width, 10))
            for width in (256, 16)
        )
        self.teacher.requires_grad_(requires_grad=False)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        """The student's scores."""
        return {"output": self.student(image)}


class ImageAndTable(nn.Module):
    """Two sides, joined."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.linear = nn.Conv2d(1, 8, 3), nn.Linear(6, 8)
        self.scores = nn.Linear(8 * 36 + 8, 10)

    def forward(self, image: Tensor, row: Tensor) -> dict[str, Tensor]:
        """Scores by output."""
        sides = torch.relu(self.conv(image)).flatten(1), torch.relu(self.linear(row))
        return {"output": self.scores(torch.cat(sides, 1))}
