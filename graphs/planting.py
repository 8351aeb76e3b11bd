"""The modules of a graph as a tree: each stands under the path of its node, `n_stage.0.n_conv2d`, and is made once.

Ids get a prefix inside torch, because ids such as `type` or `training` are names that a module already has;
keys of a state_dict are without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from torch import nn

from graphs.block import Block
from graphs.connection import nothing_at, sentence
from graphs.graph import ID, Only
from graphs.layer import call
from graphs.modules.scan import Scan, Step
from graphs.plan import CannotBuild, block_plan, owner_of
from graphs.running import PREFIX, path_of, run_of
from graphs.shapes import Shapes, shapes_of

if TYPE_CHECKING:
    from graphs.graph import Graph, Node
    from graphs.layer import Layer
    from graphs.plan import Plan
    from graphs.shapes import NodeShapes
    from graphs.spec import Spec

MODES: tuple[Only, ...] = ("train", "evaluate", "predict")


@dataclass
class Garden:
    """What was made for a document: shared weights stand at its root, all others at the root of their graph.

    `owners` are the paths of the weights at the root with the node that they were made for.
    """

    root: nn.Module
    reserved: Collection[str] = ()  # ids of nodes, which no name of shared weights may be
    owners: dict[str, Node] = field(default_factory=dict)
    users: dict[str, set[str]] = field(default_factory=dict)  # by owner, the nodes of `main`
    shared: set[str] = field(default_factory=set)  # names of shared weights
    frozen: list[nn.Module] = field(default_factory=list)
    _made: dict[tuple[int, str], tuple[Node, NodeShapes]] = field(default_factory=dict)
    _ties: list[tuple[nn.Module, nn.Module, Node]] = field(default_factory=list)

    def plant(
        self, graph: Graph, shapes: Shapes, wanted: Collection[str], root: nn.Module, user: str = ""
    ) -> None:
        """Make the modules of these nodes, in order of the graph: the order of drawing random weights.

        Raises:
            CannotBuild: one does not fit, or two that share weights differ.
        """
        for node_id in graph.order:
            if node_id in wanted:
                here = user or node_id.partition(".")[0]
                self._plant_node(graph.nodes[node_id], known_of(graph, shapes, node_id), root, here)

    def tie(self) -> None:
        """Make one weight of those that are tied, once all are made.

        Raises:
            CannotBuild: there is no such weight, or it has another size.
        """
        for module, root, node in self._ties:
            for own, target in node.marks.tie.items():
                found = _weight(root, target) or _weight(self.root, target)
                mine = _weight(module, own)
                if mine is None or found is None or mine[2].shape != found[2].shape:
                    raise CannotBuild(
                        f"{node.phrase} cannot have the weight {target[:80]} as its {own[:80]}: both must be there "
                        "and have the same size.",
                        node.id,
                    )
                setattr(mine[0], mine[1], found[2])

    def _plant_node(self, node: Node, known: NodeShapes, root: nn.Module, user: str) -> None:
        owner = owner_of(node)
        place = self.root if node.marks.weights else root
        if place is self.root:
            self.users.setdefault(owner, set()).add(user)
        first = self._made.get((id(place), owner))
        if first is not None:
            _check_shared(first, (node, known))
            if node.marks.frozen:
                self.frozen.append(place.get_submodule(path_of(owner)))
            return
        if not _is_path(owner) or (node.marks.weights and self._is_taken(owner, node, user)):
            raise CannotBuild(
                f'"{owner[:80]}" cannot be the name of shared weights; take another.', node.id
            )
        assert node.layer is not None
        self._made[id(place), owner] = node, known
        if place is self.root:
            self.owners[owner] = node
        module = self._build(node.layer, known, user)
        module.requires_grad_(not node.marks.frozen)
        if node.marks.frozen:
            self.frozen.append(module)
        if node.marks.tie:
            self._ties.append((module, root, node))
        if node.marks.weights:
            self.shared.add(owner.partition(".")[0])
        _stand(place, path_of(owner), module, node)

    def _is_taken(self, owner: str, node: Node, user: str) -> bool:
        name = owner.partition(".")[0]
        return name in self.reserved and name not in (node.id, user)

    def _build(self, layer: Layer, known: NodeShapes, user: str) -> nn.Module:
        if isinstance(layer, Block):
            return self._scan(layer, known, user)
        module: nn.Module = call(layer, layer.build, known.inputs)
        return module

    def _scan(self, block: Block, known: NodeShapes, user: str) -> nn.Module:
        """The module that steps through a scanned block, its cell planted inside it."""
        scan, inputs = Scan(), block.step_inputs(known.inputs)
        graph = block.bodies[0].graph
        steps: dict[str, Step] = {}
        plans = {mode: block_plan(graph, mode) for mode in MODES}
        for plan in plans.values():
            shapes = shapes_of(plan.graph, inputs=inputs)
            self.plant(plan.graph, shapes, {each.node for each in plan.calls}, scan, user)
        cut = block.cut(known.inputs)
        specs = block.bodies[0].outputs(inputs)
        for mode, plan in plans.items():
            steps[mode] = Step(
                run_of(plan, self.modules(plan, scan)).forward,
                cut=[
                    cut[port] + known.inputs[port].batched if port in cut else None
                    for port in (each.port for each in plan.columns)
                ],
                carried=[
                    list(plan.results).index(port.port)
                    if port.port in block.carried_ports
                    else None
                    for port in plan.columns
                ],
                gathered=[
                    (block.becomes(port), _place(block, port, specs[port])) for port in plan.results
                ],
            )
        scan.steps = steps
        return scan

    def modules(self, plan: Plan, root: nn.Module) -> dict[str, nn.Module]:
        """What was made for the nodes of a plan over the graph of this root."""
        places = {
            each.node: self.root if plan.graph.nodes[each.node].marks.weights else root
            for each in plan.calls
        }
        return {
            each.node: places[each.node].get_submodule(path_of(each.owner)) for each in plan.calls
        }


def known_of(graph: Graph, shapes: Shapes, node_id: str) -> NodeShapes:
    """What is known of a node that can be built.

    Raises:
        CannotBuild: it does not fit; the sentence says why.
    """
    node, known = graph.nodes[node_id], shapes.nodes[node_id]
    if known.missing:
        raise CannotBuild(nothing_at(node, known.missing), node.id)
    if known.fault is not None:
        raise CannotBuild(sentence(node.phrase, known.fault.message), node.id)
    if known.waits:
        raise CannotBuild(
            f"{node.phrase} cannot be built, because something before it does not fit.", node.id
        )
    return known


class Branch(nn.Module):
    """A place in the tree: what stands below it, and nothing of its own."""


def public_key(root: nn.Module, key: str) -> str:
    """A key of a state_dict without the prefixes of ids."""
    return ".".join(_walk(root, key.split("."), add=False))


def inner_key(root: nn.Module, key: str) -> str:
    """The key with the prefixes of ids, which torch knows it by."""
    return ".".join(_walk(root, key.split("."), add=True))


def _walk(root: nn.Module, parts: list[str], *, add: bool) -> Iterator[str]:
    at: Any = root
    for index, part in enumerate(parts):
        in_tree = at is root or isinstance(at, (Branch, Scan))
        if not in_tree:
            yield from parts[index:]
            return
        inner = PREFIX + part if add and not part.isdecimal() else part
        yield inner if add else part.removeprefix(PREFIX)
        at = at._modules.get(inner) if at is not None else None  # noqa: SLF001 - getattr would find methods


def _stand(root: nn.Module, path: str, module: nn.Module, node: Node) -> None:
    *way, last = path.split(".")
    at = root
    for part in way:
        if part not in at._modules:  # noqa: SLF001 - getattr would find methods
            at.add_module(part, Branch())
        at = at.get_submodule(part)
        if not isinstance(at, Branch):
            raise CannotBuild(
                f"{node.phrase} shares weights by a name that another layer has. Choose another name.",
                node.id,
            )
    at.add_module(last, module)


def _weight(root: nn.Module, path: str) -> tuple[nn.Module, str, nn.Parameter] | None:
    """The module that holds a weight, its name there and the weight, by the key that a person knows."""
    *way, name = path.split(".")
    at = root
    for part in way:
        inside = at._modules  # noqa: SLF001 - get_submodule would raise
        found = inside.get(PREFIX + part, inside.get(part))
        if found is None:
            return None
        at = found
    weight = at._parameters.get(name)  # noqa: SLF001 - getattr would find anything
    return (at, name, weight) if weight is not None else None


def _place(block: Block, port: str, spec: Spec) -> int:
    """The axis of a step's output, in torch's count, along which its values are put together."""
    collects = block.becomes(port) == "collect" and block.scan is not None
    return int(spec.batched) + (spec.letters.index(str(block.scan)) if collects else 0)


def _is_path(owner: str) -> bool:
    return all(ID.match(part) or part.isdecimal() for part in owner.split("."))


def _check_shared(first: tuple[Node, NodeShapes], other: tuple[Node, NodeShapes]) -> None:
    (one, known), (node, known_too) = first, other
    if one.layer is node.layer and known.inputs == known_too.inputs:
        return
    if one.layer != node.layer or known.weights != known_too.weights:
        raise CannotBuild(
            f"{one.phrase} and {node.phrase} share weights, but are not the same layer on inputs of the same "
            "size.",
            one.id,
            node.id,
        )
