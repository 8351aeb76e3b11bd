"""From a document to modules: one set of layers, and a torch.fx.GraphModule over it for each mode.

Nothing of a document's text reaches the code that torch.fx writes, except node ids, which are checked
and prefixed: arguments are called x0, x1, ..., and results are a plain tuple whose names stay in the plan.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from torch import Tensor, fx, nn
from torch.nn.modules.batchnorm import _NormBase

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.graph import ID, End
from graphs.layer import Layer, call
from graphs.plan import (
    CannotBuild,
    Plan,
    evaluation_plan,
    objective_plan,
    owner_of,
    prediction_plan,
)
from graphs.shapes import shapes_of

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import Node
    from graphs.shapes import NodeShapes
    from graphs.spec import Spec

PREFIX = "n_"
"""Before every id inside torch: ids such as `type` or `training` are names that a module already has."""


class Network(nn.Module):
    """The `main` network of a document, built; weights of all modes are the same.

    Called with columns by port name (or `node.port` where two data nodes have the same port), batch first,
    it returns the outputs by name. Keys of its state_dict are `NODE_ID.weight`.
    """

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self._shapes = shapes_of(document.main)
        # Plain dicts, which nn.Module does not look into: the layers stand once, in this module itself.
        self._passes: dict[str, Pass] = {}
        plans = [
            *(objective_plan(document, each) for each in document.objectives),
            prediction_plan(document),
        ]
        plans.append(evaluation_plan(document))
        self._build(plans)
        self.register_state_dict_post_hook(_strip)
        self.register_load_state_dict_pre_hook(_add)
        self.train()

    def objective(self, index: int) -> Pass:
        """What objective number `index` of the document computes: its losses, and metric inputs."""
        return self._pass(
            f"objective {index}",
            lambda: objective_plan(self.document, self.document.objectives[index]),
        )

    @property
    def evaluation(self) -> Pass:
        """All losses and the inputs of all metrics."""
        return self._pass("evaluation", lambda: evaluation_plan(self.document))

    @property
    def prediction(self) -> Pass:
        """The outputs, without labels."""
        return self._pass("prediction", lambda: prediction_plan(self.document))

    def forward(self, columns: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Outputs by name, batch first.

        Raises:
            ValueError: a column is missing.
        """
        prediction = self.prediction
        found = [columns[name] for name in self.column_names(columns)]
        return dict(zip(prediction.plan.results, prediction(*found), strict=True))

    def train(self, mode: bool = True) -> Network:  # noqa: FBT001, FBT002 - torch's signature
        """Training or evaluation mode; running statistics of frozen nodes stand still in both."""
        super().train(mode)
        for module in self._frozen:
            for each in module.modules():
                if isinstance(each, _NormBase):
                    each.eval()
        return self

    def layer(self, node_id: str) -> nn.Module:
        """The built module of a node (of its shared weights, if it shares)."""
        module: nn.Module = getattr(self, PREFIX + owner_of(self.document.main.nodes[node_id]))
        return module

    def parameters_of(self, update: tuple[str, ...]) -> list[nn.Parameter]:
        """What the nodes listed in `update` ("*" for all) learn, each once, frozen ones left out.

        Raises:
            CannotBuild: it lists something that is no node.
        """
        unknown = [each for each in update if each != "*" and each not in self.document.main.nodes]
        if unknown:
            raise CannotBuild(
                f'An objective updates "{unknown[0][:80]}", which is no node of this network.'
            )
        if "*" in update:
            return [each for each in self.parameters() if each.requires_grad]
        nodes = self.document.main.nodes
        owners = {PREFIX + owner_of(nodes[each]) for each in update}
        found = {
            id(each): each
            for name, module in self.named_children()
            if name in owners
            for each in module.parameters()
            if each.requires_grad
        }
        return list(found.values())

    def inputs_of(self, node_id: str) -> list[Spec]:
        """What stands at the wired inputs of a node, in order of its ports."""
        node = self.document.main.nodes[node_id]
        assert node.layer is not None
        known = self._known(node).inputs
        return [known[port] for port in _ports(node.layer, known) if port in known]

    def column_names(self, columns: Mapping[str, Tensor]) -> list[str]:
        """Under which names the columns that a prediction needs stand in `columns`.

        Raises:
            ValueError: one is missing.
        """
        wanted = self.prediction.plan.columns
        return [_column(columns, end, wanted) for end in wanted]

    def new_metrics(self) -> dict[str, nn.Module]:
        """A fresh state of every metric of the network by node id, to be fed by `update`."""
        return {
            node.id: call(node.layer, node.layer.build, self._known(node).inputs)
            for node in self.document.main.by_role("metric")
            if node.layer is not None and not node.marks.muted
        }

    @cached_property
    def _frozen(self) -> list[nn.Module]:
        nodes = self.document.main.nodes.values()
        children = dict(self.named_children())
        names = [PREFIX + owner_of(node) for node in nodes if node.marks.frozen]
        return [children[name] for name in names if name in children]

    def _build(self, plans: list[Plan]) -> None:
        wanted = {each.node for plan in plans for each in plan.calls}
        built: dict[str, Node] = {}
        for (
            node_id
        ) in self.document.main.order:  # the order of making is the order of drawing random weights
            node = self.document.main.nodes[node_id]
            if node_id not in wanted:
                continue
            owner = owner_of(node)
            assert node.layer is not None
            if owner in built:
                self._check_shared(built[owner], node)
                continue
            if not ID.match(owner) or (owner != node_id and owner in self.document.main.nodes):
                raise CannotBuild(
                    f'"{owner[:80]}" cannot be the name of shared weights; take another.', node_id
                )
            built[owner] = node
            module = call(node.layer, node.layer.build, self._known(node).inputs)
            module.requires_grad_(not node.marks.frozen)
            self.add_module(PREFIX + owner, module)

    def _known(self, node: Node) -> NodeShapes:
        known = self._shapes.nodes[node.id]
        if known.missing:
            raise CannotBuild(
                f"{node.phrase} has nothing wired to its input {known.missing[0]}.", node.id
            )
        if known.fault is not None:
            message = known.fault.message
            sentence = f"{node.phrase} {message}" if message[:1].islower() else message
            raise CannotBuild(sentence, node.id)
        assert not known.waits, "what is before it is built before it, and would have failed"
        return known

    def _check_shared(self, first: Node, node: Node) -> None:
        assert first.layer is not None
        assert node.layer is not None
        shapes = [
            call(each.layer, each.layer.weights, self._known(each).inputs)
            for each in (first, node)
            if each.layer
        ]
        if first.layer != node.layer or shapes[0] != shapes[1]:
            raise CannotBuild(
                f"{first.phrase} and {node.phrase} share weights, but are not the same layer on inputs of the same "
                "size.",
                first.id,
                node.id,
            )

    def _pass(self, name: str, plan: Any) -> Pass:
        if name not in self._passes:
            self._passes[name] = Pass(plan(), self)
        return self._passes[name]


class Pass:
    """One plan, compiled: called with its columns in order, it returns the results in order."""

    def __init__(self, plan: Plan, network: Network) -> None:
        self.plan = plan
        self.module = _compile(plan, network)
        # Not the module itself: its call prints to standard error before it raises.
        self.run = self.module.forward
        self.places: Mapping[str, int] = {name: index for index, name in enumerate(plan.results)}

    def __call__(self, *columns: Tensor) -> tuple[Tensor, ...]:
        """The results by the order of the plan."""
        results: tuple[Tensor, ...] = self.run(*columns)
        return results


def build(document: Document) -> Network:
    """The network of a document as a module, with fresh weights from torch's global generator.

    Raises:
        CannotBuild: it has no output and no loss, or a node does not fit.
    """
    return Network(document)


def _compile(plan: Plan, network: Network) -> fx.GraphModule:
    code = fx.Graph()
    values: dict[End, fx.Node] = {
        end: code.placeholder(f"x{index}") for index, end in enumerate(plan.columns)
    }
    children = dict(network.named_children())
    for each in plan.calls:
        layer = network.document.main.nodes[each.node].layer
        assert layer is not None
        arguments = [
            values[each.inputs[port]] if port in each.inputs else None
            for port in _ports(layer, each.inputs)
        ]
        made = code.call_module(PREFIX + each.owner, tuple(arguments))
        made.meta["node"] = each.node
        ports = layer.outputs()
        if len(ports) == 1:
            values[End(each.node, ports[0])] = made
            continue
        for index, port in enumerate(ports):
            values[End(each.node, port)] = code.call_function(operator.getitem, (made, index))
    code.output(tuple(values[end] for end in plan.results.values()))
    code.eliminate_dead_code(is_impure_node=lambda node: node.op != "call_function")
    code.lint()
    return fx.GraphModule(
        {name: children[name] for name in {PREFIX + each.owner for each in plan.calls}}, code
    )


def _ports(layer: Layer, wired: Mapping[str, object]) -> list[str]:
    """The input ports in order, up to the last one that is wired."""
    row: list[str] = []
    for port in layer.info.inputs:
        if port.many:
            row += sorted((each for each in wired if each.startswith(f"{port.name}.")), key=_number)
        else:
            row.append(port.name)
    while row and row[-1] not in wired:
        row.pop()
    return row


def _number(port: str) -> int:
    return int(port.rpartition(".")[2])


def _column(columns: Mapping[str, Tensor], end: End, wanted: tuple[End, ...]) -> str:
    alone = sum(each.port == end.port for each in wanted) == 1
    names = [str(end), *([end.port] if alone else [])]
    for name in names:
        if name in columns:
            return name
    got = ", ".join(columns) or "none"
    raise ValueError(
        f'The network needs the column "{names[-1]}", but the columns given are: {got}.'
    )


def _strip(_: nn.Module, state: dict[str, Any], prefix: str, _metadata: Any) -> None:
    for key in list(state):
        if key.startswith(prefix + PREFIX):
            state[prefix + key.removeprefix(prefix + PREFIX)] = state.pop(key)


def _add(_: nn.Module, state: dict[str, Any], prefix: str, *_rest: Any) -> None:
    for key in list(state):
        if key.startswith(prefix):
            state[prefix + PREFIX + key.removeprefix(prefix)] = state.pop(key)
