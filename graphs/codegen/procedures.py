"""Procedures in generated source: a function for each, which uses the network as the procedure says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphs.block import Block
from graphs.codegen import data_functions
from graphs.codegen.names import Variables, attribute
from graphs.codegen.places import Place
from graphs.codegen.text import Bracket, comment, docstring, laid_out, literal, statement
from graphs.codegen.values import python_expression
from graphs.content import MAIN
from graphs.diffusion import COSINE_OFFSET, MAX_BETA
from graphs.procedure_kinds import is_number
from graphs.procedures import Loop, ProcedureError, loop_of

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.feeds import Fed

IN = " " * 4
TAKEN = (
    "count", "steps", "seed", "generator", "step", "times", "t", "t_next", "u", "curve", "betas", "alpha_bar",
    "alpha_now", "alpha_next", "signal", "sigma", "clean", "beta", "std", "mean", "rest", "logits", "threshold",
    "probabilities", "token", "first", "last", "temperature", "top_k",
)  # fmt: skip
"""Names that the functions use themselves."""


class _CannotWriteError(ValueError):
    """Why a procedure stands in the source as a comment only."""


def procedure_functions(
    document: Document, main: Place, network: str, columns: Sequence[str]
) -> list[list[str]]:
    """A function for every procedure; what cannot be written is told in a comment.

    `network` is the class of `main`, whose `forward` takes these columns.
    """
    names = Variables("load_data", "line_between", "sphere_between", *data_functions.NAMES)
    found: list[list[str]] = []
    for procedure in document.procedures:
        try:
            loop = loop_of(document, procedure, main.shapes)
            function = _Function(loop, main, network, columns, names.new(procedure.name))
            found.append(function.lines())
            if procedure.kind == "interpolate":
                path = PATH_BETWEEN[loop.settings["along"]]
                found[-1:] = [found[-1]] if path in found else [path, found[-1]]
        except (ProcedureError, _CannotWriteError) as error:
            found.append(comment(f'Not written: procedure "{procedure.name}". {error}', 0))
    return found


PATH_BETWEEN: Mapping[str, list[str]] = {
    "line": [
        "def line_between(one: Tensor, other: Tensor, steps: int) -> Tensor:",
        '    """Points on the line between two tensors, ends included: (steps, ...)."""',
        "    places = torch.linspace(0, 1, steps, device=one.device).reshape(-1, *(1,) * one.ndim)",
        "    return one + (other - one) * places",
    ],
    "sphere": [
        "def sphere_between(one: Tensor, other: Tensor, steps: int) -> Tensor:",
        '    """Points on the sphere between two tensors, ends included: (steps, ...)."""',
        "    places = torch.linspace(0, 1, steps, device=one.device).reshape(-1, *(1,) * one.ndim)",
        "    cosine = F.cosine_similarity(one.flatten(), other.flatten(), dim=0)",
        "    angle = cosine.clamp(-1, 1).acos()",
        "    if angle.sin() <= 1e-4:  # parallel or opposite: there is no one arc",
        "        return one + (other - one) * places",
        "    turned = ((1 - places) * angle).sin() * one + (places * angle).sin() * other",
        "    return turned / angle.sin()",
    ],
}


@dataclass
class _Function:
    """One function. `columns` are the arguments of the network's `forward` where the procedure runs `main`."""

    loop: Loop
    main: Place
    network: str
    columns: Sequence[str]
    name: str
    _values: dict[str, str] = field(default_factory=dict)
    _given: list[tuple[str, str]] = field(default_factory=list)
    _choices: list[str] = field(default_factory=list)  # arguments that say how a token is drawn

    def lines(self) -> list[str]:
        kind = self.loop.kind.name
        self._variables = Variables(*TAKEN)
        for fed in self.loop.feeds:
            name = fed.port.rpartition(".")[2]
            self._values[fed.port] = "x" if name == "x" else self._variables.new(name)
        self._outs = {name: self._variables.new(name) for name in self.loop.network.plan.results}
        kinds = {
            "sample": self._sample,
            "denoise": self._denoise,
            "interpolate": self._interpolate,
            "autoregressive": self._go_on,
        }
        body = list(kinds[kind]())
        drawn = any("generator" in line for line in body)
        placed = drawn or any("device" in line for line in body)
        start = ["device = next(model.parameters()).device"] if placed else []
        start += ["generator = torch.Generator(device).manual_seed(seed)"] if drawn else []
        counted = any("count" in line for line in body)
        loops = any("steps" in line for line in body)
        arguments = [
            f"model: {self.network}",
            *(f"{name}: Tensor" for name, _ in self._given),
            *([f"count: int = {self.loop.kind.count}"] if counted else []),
            *([f"steps: int = {self.loop.steps}"] if loops else []),
            *self._choices,
            *(["seed: int = 0"] if drawn else []),
        ]
        head = laid_out("", Bracket(f"def {self.name}(", tuple(arguments)), " -> Tensor:", 0)
        words = [self._words(), *(f"`{name}`: {said}" for name, said in self._given)]
        lines = ["model.eval()", *start, *body]
        done = [part for line in lines for part in statement(line, 4)]
        return ["@torch.no_grad()", *head, *docstring(words, 4), *done]

    def _words(self) -> str:
        what = {
            "sample": "Make samples",
            "denoise": "Make samples of noise, step by step",
            "interpolate": "Walk from one sample to another",
            "autoregressive": "Go on with a sequence, step by step",
        }[self.loop.kind.name]
        scaled = "" if self.loop.kind.name == "autoregressive" else ", scaled as in training"
        return f'{what}{scaled}: the procedure "{self.loop.procedure.name}".'

    # --- what stands at the inputs ------------------------------------------------------------------------

    def _start(self, fed: Fed, count: str = "count") -> Iterator[str]:
        """The line that makes the first value of an input; what the data give is an argument."""
        name = self._values[fed.port]
        if fed.source == "data":
            said = f"what {fed.name} gives"
            self._given.append((name, f"{said}, scaled as in training."))
        elif fed.source == "number":
            value = self.loop.settings[fed.name]
            kind = ", dtype=torch.int64" if fed.spec.dtype == "int64" else ""
            shown = literal(value if kind else float(value))
            yield f"{name} = torch.full({self._shape(fed, count)}, {shown}{kind}, device=device)"
        elif fed.source in ("noise", "output"):
            sizes = self._shape(fed, count)
            row = sizes[1:-1].rstrip(",")
            yield f"{name} = torch.randn({row}, generator=generator, device=device)"

    def _shape(self, fed: Fed, count: str) -> str:
        sizes = fed.spec.sizes
        if not all(isinstance(size, int) for size in sizes):
            raise _CannotWriteError(f"The size of {fed.port} is not fixed.")
        return f"({', '.join([count, *map(str, sizes)])}{'' if sizes else ','})"

    def _call(self, given: Mapping[str, str]) -> str:
        """The line that runs the network on these variables by input port."""
        outs = ", ".join(self._outs.values())
        if self.loop.network.network == MAIN:
            row = ", ".join(given[column] for column in self.columns)
            return f"{outs} = model({row})"
        row = ", ".join(given[port] for port in self.loop.network.inputs)
        return f"{outs} = model{self._path()}({row})"

    def _path(self) -> str:
        """The block as a member of the model."""
        path, place, found = self.loop.network.place.split("."), self.main, ""
        for at, part in enumerate(path):
            if part.isdecimal():
                found += f"[{part}]"
                continue
            node = place.graph.nodes[part]
            block = node.layer
            loops = isinstance(block, Block) and (block.repeated or block.scan is not None)
            if loops and at + 1 == len(path):
                raise _CannotWriteError("It runs a block that is repeated or scanned.")
            found += f".{attribute(node.marks.weights or part)}"
            rounds = place.rounds.get(part, ())
            place = rounds[0] if rounds else place
        return found

    @property
    def _loop_line(self) -> str:
        """The head of a loop, whose variable only a condition to stop needs."""
        if self.loop.procedure.stop is None:
            return "for _ in range(steps):"
        return "for step in range(1, steps + 1):"

    def _stop(self, known: Mapping[str, str]) -> list[str]:
        stop = self.loop.procedure.stop
        if stop is None:
            return []
        numbers = {
            name: literal(value)
            for name, value in self.loop.settings.items()
            if name in self.loop.procedure.params and is_number(value)
        }
        text = python_expression(stop, {**numbers, **known})
        if not text:
            raise _CannotWriteError("Its condition to stop speaks of values.")
        return [f"{IN}if {text}:", f"{IN * 2}break"]

    # --- the kinds ----------------------------------------------------------------------------------------

    def _sample(self) -> Iterator[str]:
        for fed in self.loop.feeds:
            yield from self._start(fed)
        call = self._call(self._values)
        shown = self._outs[self.loop.result]
        back = [each for each in self.loop.feeds if each.source == "output"]
        if not back:
            yield from self._returned(call, shown)
            return
        yield self._loop_line
        yield IN + call
        for fed in back:
            yield f"{IN}{self._values[fed.port]} = {self._outs[fed.name]}"
        yield from self._stop({"step": "step"})
        yield f"return {shown}"

    def _interpolate(self) -> Iterator[str]:
        between = f"{self.loop.settings['along']}_between"
        for fed in self.loop.feeds:
            name = self._values[fed.port]
            if fed.source == "number":
                yield from self._start(fed, "steps")
                continue
            if fed.source == "data":
                said = f"two rows of what {fed.name} gives, both ends of the walk"
                self._given.append((name, f"{said}, scaled as in training."))
            else:
                for end in (0, 1):
                    sizes = self._shape(fed, "1")
                    end_name = "first" if end == 0 else "last"
                    row = sizes[1:-1]
                    yield f"{end_name} = torch.randn({row}, generator=generator, device=device)"
                yield f"{name} = torch.cat((first, last))"
            if fed.spec.dtype == "int64":
                yield f"{name} = {name}[:1].expand(steps, *{name}.shape[1:])"
            else:
                yield f"{name} = {between}({name}[0], {name}[1], steps)"
        yield from self._returned(self._call(self._values), self._outs[self.loop.result])

    @staticmethod
    def _returned(call: str, shown: str) -> Iterator[str]:
        """The lines that call the network and return one of its results."""
        names, _, value = call.partition(" = ")
        if names == shown:
            yield f"return {value}"
            return
        yield call
        yield f"return {shown}"

    def _denoise(self) -> Iterator[str]:
        settings, fed = self.loop.settings, self.loop.leading
        assert fed is not None, "checked before"
        times, x = settings["times"], self._values[fed.port]
        for each in self.loop.feeds:
            if each.source not in ("time", "level", "signal"):
                yield from self._start(each)
        yield from self._schedule(times)
        yield "for step in range(steps, 0, -1):"
        yield f"{IN}t, t_next = -(-times * step // steps), -(-times * (step - 1) // steps)"
        yield f"{IN}alpha_now, alpha_next = alpha_bar[t].item(), alpha_bar[t_next].item()"
        lines = list(self._denoised(fed, x))
        roots = {"signal": "math.sqrt(alpha_now)", "sigma": "math.sqrt(1 - alpha_now)"}
        for name, root in roots.items():
            if any(re.search(rf"\b{name}\b", line) for line in lines):
                yield f"{IN}{name} = {root}"
        yield from lines
        yield f"return {x}"

    def _denoised(self, fed: Fed, x: str) -> Iterator[str]:
        """The lines of one step from noise to sample, but for what is known of the time."""
        settings = self.loop.settings
        for each in self.loop.feeds:
            if each.source in ("time", "level", "signal"):
                by_index = each.spec.dtype == "int64"
                told = {"time": "t / times", "level": "sigma", "signal": "signal"}[each.source]
                value = "t - 1" if by_index else told
                shape = self._shape(each, "count")
                yield f"{IN}{self._values[each.port]} = torch.full({shape}, {value}, device=device)"
        yield IN + self._call(self._values)
        noise = self._outs[fed.name]
        if settings["predicts"] == "noise":
            yield f"{IN}clean = ({x} - sigma * {noise}) / signal"
        else:
            yield f"{IN}clean = {noise}"
        if settings["clip"] > 0:
            yield f"{IN}clean = clean.clamp({-settings['clip']!r}, {settings['clip']!r})"
        mixes = settings["sampler"] != "ddpm"
        if mixes and (settings["predicts"] != "noise" or settings["clip"] > 0):
            yield f"{IN}{noise} = ({x} - signal * clean) / sigma"
        if not mixes or settings["eta"]:
            yield f"{IN}beta = 1 - alpha_now / alpha_next"
            yield f"{IN}std = math.sqrt(beta * (1 - alpha_next) / (1 - alpha_now))"
        yield from self._less_noise(x, noise)
        yield from self._stop({"step": "steps + 1 - step", "time": "t / times"})

    def _schedule(self, times: int) -> Iterator[str]:
        settings = self.loop.settings
        yield f"times = {times}  # from noise to sample, as in training"
        if settings["schedule"] == "linear":
            ends = f"{settings['beta_start']!r}, {settings['beta_end']!r}"
            yield f"betas = torch.linspace({ends}, times, dtype=torch.float64)"
        else:
            yield "u = torch.arange(times + 1, dtype=torch.float64) / times"
            yield f"curve = ((u + {COSINE_OFFSET}) / {1 + COSINE_OFFSET} * math.pi / 2).cos() ** 2"
            yield f"betas = (1 - curve[1:] / curve[:-1]).clamp(max={MAX_BETA})"
        yield "alpha_bar = torch.cat((torch.ones(1), torch.cumprod(1 - betas, 0)))"

    def _less_noise(self, x: str, noise: str) -> Iterator[str]:
        fresh = f"torch.randn({x}.shape, generator=generator, device=device)"
        if self.loop.settings["sampler"] == "ddpm":
            yield f"{IN}mean = math.sqrt(alpha_next) * beta / (1 - alpha_now) * clean"
            yield f"{IN}mean = mean + math.sqrt(1 - beta) * (1 - alpha_next) / (1 - alpha_now) * {x}"
            yield f"{IN}{x} = mean"
            yield f"{IN}if t_next > 0:"
            yield f"{IN * 2}{x} = {x} + std * {fresh}"
            return
        eta = self.loop.settings["eta"]
        if not eta:
            yield f"{IN}{x} = math.sqrt(alpha_next) * clean + math.sqrt(1 - alpha_next) * {noise}"
            return
        yield f"{IN}std = {eta!r} * std"
        yield f"{IN}rest = math.sqrt(max(1 - alpha_next - std**2, 0.0))"
        yield f"{IN}{x} = math.sqrt(alpha_next) * clean + rest * {noise}"
        yield f"{IN}if std > 0:"
        yield f"{IN * 2}{x} = {x} + std * {fresh}"

    def _go_on(self) -> Iterator[str]:
        lead = self.loop.leading
        back = [each for each in self.loop.feeds if each.source == "output"]
        if lead is None or len(back) > 1 or not lead.grows:
            raise _CannotWriteError("It feeds back more than one sequence.")
        name, out = self._values[lead.port], self._outs[lead.name]
        tokens = lead.spec.dtype != "float32"
        said = "the tokens" if tokens else "the values, scaled as in training,"
        self._given.append((name, f"{said} to begin with."))
        for fed in self.loop.feeds:
            if fed != lead:
                yield from self._start(fed, f"len({name})")
        longest = lead.spec.sizes[0]
        window = self._variables.new("window")
        given = {**self._values, lead.port: window}
        yield self._loop_line
        cut = f"{name}[:, -{longest}:]" if isinstance(longest, int) else name
        yield f"{IN}{window} = {cut}"
        yield IN + self._call(given)
        rest = "".join(f", {size}" for size in lead.spec.sizes[1:])
        if lead.spec.dtype == "float32":
            yield f"{IN}{out} = {out}.reshape(len({out}), -1{rest})[:, -1:]"
            yield f"{IN}{name} = torch.cat(({name}, {out}), 1)"
        else:
            rank = self.loop.network.results[lead.name].rank
            last = {1: out, 2: f"{out}[:, -1]"}
            flat = f"{out}.reshape(len({out}), -1, {out}.shape[-1])[:, -1]"
            yield f"{IN}logits = {last.get(rank, flat)}"
            yield from self._token()
            yield f"{IN}{name} = torch.cat(({name}, token), 1)"
        yield from self._stop({"step": "step"})
        yield f"return {name}"

    def _token(self) -> Iterator[str]:
        temperature, most = self.loop.settings["temperature"], self.loop.settings["top_k"]
        if temperature <= 0:
            yield f"{IN}token = logits.argmax(-1, keepdim=True)"
            return
        self._choices.append(f"temperature: float = {float(temperature)!r}")
        if most > 0:
            self._choices.append(f"top_k: int = {most}")
            yield f"{IN}threshold = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]"
            yield f"{IN}logits = logits.masked_fill(logits < threshold, -torch.inf)"
        yield f"{IN}probabilities = torch.softmax(logits / temperature, -1)"
        yield f"{IN}token = torch.multinomial(probabilities, 1, generator=generator)"
