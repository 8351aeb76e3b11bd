"""Procedures in generated source: a function for each, which uses the network as the procedure says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphs.block import Block
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
    "count", "steps", "seed", "generator", "step", "kept", "betas", "left", "now", "before", "here",
    "there", "signal", "level", "clean", "beta", "spread", "mean", "rest", "places", "scores", "least",
    "chances", "token", "first", "last",
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
    names = Variables("load_data", "line_between", "sphere_between")
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
        "    places = torch.linspace(0, 1, steps).reshape(-1, *(1,) * one.ndim)",
        "    return one + (other - one) * places",
    ],
    "sphere": [
        "def sphere_between(one: Tensor, other: Tensor, steps: int) -> Tensor:",
        '    """Points on the sphere between two tensors, ends included: (steps, ...)."""',
        "    places = torch.linspace(0, 1, steps).reshape(-1, *(1,) * one.ndim)",
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
        start = ["generator = torch.Generator().manual_seed(seed)"] if drawn else []
        counted = any("count" in line for line in body)
        loops = any("steps" in line for line in body)
        arguments = [
            f"model: {self.network}",
            *(f"{name}: Tensor" for name, _ in self._given),
            *([f"count: int = {self.loop.kind.count}"] if counted else []),
            *([f"steps: int = {self.loop.steps}"] if loops else []),
            *(["seed: int = 0"] if drawn else []),
        ]
        head = laid_out("", Bracket(f"def {self.name}(", tuple(arguments)), " -> Tensor:", 0)
        words = [self._words(), *(f"`{name}`: {said}" for name, said in self._given)]
        lines = ["model.eval()", *start, *body]
        done = [part for line in lines for part in statement(line, 4)]
        return ["@torch.no_grad()", *head, *docstring(words, 4), *done]

    def _words(self) -> str:
        name = self.loop.procedure.name
        what = {
            "sample": "Make samples",
            "denoise": "Make samples of noise, step by step",
            "interpolate": "Walk from one sample to another",
            "autoregressive": "Go on with what the network gives",
        }[self.loop.kind.name]
        return f'{what}, as the procedure "{name}" says, in the numbers of the network.'

    # --- what stands at the inputs ------------------------------------------------------------------------

    def _start(self, fed: Fed, count: str = "count") -> Iterator[str]:
        """The line that makes the first value of an input; what the data give is an argument."""
        name = self._values[fed.port]
        if fed.source == "data":
            said = "what the data (or the network) give at " + fed.name
            self._given.append((name, f"{said}, in the numbers of the network."))
        elif fed.source == "number":
            value = self.loop.settings[fed.name]
            kind = ", dtype=torch.int64" if fed.spec.dtype == "int64" else ""
            shown = literal(value if kind else float(value))
            yield f"{name} = torch.full({self._shape(fed, count)}, {shown}{kind})"
        elif fed.source in ("noise", "output"):
            sizes = self._shape(fed, count)
            yield f"{name} = torch.randn({sizes[1:-1].rstrip(',')}, generator=generator)"

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
            yield call
            yield f"return {shown}"
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
                said = f"two rows of what the data (or the network) give at {fed.name}: both ends"
                self._given.append((name, f"{said}, in the numbers of the network."))
            else:
                for end in (0, 1):
                    sizes = self._shape(fed, "1")
                    end_name = "first" if end == 0 else "last"
                    yield f"{end_name} = torch.randn({sizes[1:-1]}, generator=generator)"
                yield f"{name} = torch.cat((first, last))"
            if fed.spec.dtype == "int64":
                yield f"{name} = {name}[:1].expand(steps, *{name}.shape[1:])"
            else:
                yield f"{name} = {between}({name}[0], {name}[1], steps)"
        yield self._call(self._values)
        yield f"return {self._outs[self.loop.result]}"

    def _denoise(self) -> Iterator[str]:
        settings, fed = self.loop.settings, self.loop.leading
        assert fed is not None, "checked before"
        times, x = settings["times"], self._values[fed.port]
        for each in self.loop.feeds:
            if each.source not in ("time", "level", "signal"):
                yield from self._start(each)
        yield from self._schedule(times)
        yield "for step in range(steps, 0, -1):"
        yield f"{IN}now, before = -(-{times} * step // steps), -(-{times} * (step - 1) // steps)"
        yield f"{IN}here, there = left[now].item(), left[before].item()"
        yield f"{IN}signal, level = math.sqrt(here), math.sqrt(1 - here)"
        for each in self.loop.feeds:
            if each.source in ("time", "level", "signal"):
                by_index = each.spec.dtype == "int64"
                told = {"time": f"now / {times}", "level": "level", "signal": "signal"}[each.source]
                value = "now - 1" if by_index else told
                yield f"{IN}{self._values[each.port]} = torch.full({self._shape(each, 'count')}, {value})"
        yield IN + self._call(self._values)
        noise = self._outs[fed.name]
        if settings["predicts"] == "noise":
            yield f"{IN}clean = ({x} - level * {noise}) / signal"
        else:
            yield f"{IN}clean = {noise}"
        if settings["clip"] > 0:
            yield f"{IN}clean = clean.clamp({-settings['clip']!r}, {settings['clip']!r})"
        if settings["predicts"] != "noise" or settings["clip"] > 0:
            yield f"{IN}{noise} = ({x} - signal * clean) / level"
        if settings["sampler"] == "ddpm" or settings["eta"]:
            yield f"{IN}beta = 1 - here / there"
            yield f"{IN}spread = math.sqrt(beta * (1 - there) / (1 - here))"
        yield from self._less_noise(x, noise)
        yield from self._stop({"step": "steps + 1 - step", "time": f"now / {times}"})
        yield f"return {x}"

    def _schedule(self, times: int) -> Iterator[str]:
        settings = self.loop.settings
        if settings["schedule"] == "linear":
            ends = f"{settings['beta_start']!r}, {settings['beta_end']!r}"
            yield f"betas = torch.linspace({ends}, {times}, dtype=torch.float64)"
        else:
            yield f"places = torch.arange({times + 1}, dtype=torch.float64) / {times}"
            yield f"kept = ((places + {COSINE_OFFSET}) / {1 + COSINE_OFFSET} * math.pi / 2).cos() ** 2"
            yield f"betas = (1 - kept[1:] / kept[:-1]).clamp(max={MAX_BETA})"
        yield "left = torch.cat((torch.ones(1), torch.cumprod(1 - betas, 0)))"

    def _less_noise(self, x: str, noise: str) -> Iterator[str]:
        fresh = f"torch.randn({x}.shape, generator=generator)"
        if self.loop.settings["sampler"] == "ddpm":
            yield f"{IN}mean = math.sqrt(there) * beta / (1 - here) * clean"
            yield f"{IN}mean = mean + math.sqrt(1 - beta) * (1 - there) / (1 - here) * {x}"
            yield f"{IN}{x} = mean + spread * {fresh} if step > 1 else mean"
            return
        eta = self.loop.settings["eta"]
        if not eta:
            yield f"{IN}{x} = math.sqrt(there) * clean + math.sqrt(1 - there) * {noise}"
            return
        yield f"{IN}spread = {eta!r} * spread"
        yield f"{IN}rest = math.sqrt(max(1 - there - spread**2, 0.0))"
        yield f"{IN}{x} = math.sqrt(there) * clean + rest * {noise}"
        yield f"{IN}if spread > 0:"
        yield f"{IN * 2}{x} = {x} + spread * {fresh}"

    def _go_on(self) -> Iterator[str]:
        lead = self.loop.leading
        back = [each for each in self.loop.feeds if each.source == "output"]
        if lead is None or len(back) > 1 or not lead.grows:
            raise _CannotWriteError("It feeds back more than one sequence.")
        name, out = self._values[lead.port], self._outs[lead.name]
        self._given.append((name, "what it begins with, in the numbers of the network."))
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
            yield f"{IN}scores = {out}.reshape(len({out}), -1, {out}.shape[-1])[:, -1]"
            yield from self._token()
            yield f"{IN}{name} = torch.cat(({name}, token), 1)"
        yield from self._stop({"step": "step"})
        yield f"return {name}"

    def _token(self) -> Iterator[str]:
        temperature, most = self.loop.settings["temperature"], self.loop.settings["top_k"]
        if temperature <= 0:
            yield f"{IN}token = scores.argmax(-1, keepdim=True)"
            return
        if most > 0:
            yield f"{IN}least = scores.topk(min({most}, scores.shape[-1])).values[:, -1:]"
            yield f"{IN}scores = scores.masked_fill(scores < least, -torch.inf)"
        yield f"{IN}chances = torch.softmax(scores / {temperature!r}, -1)"
        yield f"{IN}token = torch.multinomial(chances, 1, generator=generator)"
