"""From a document to modules: one set of layers, and code over it for each mode (graphs.running)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

import graphs.layers  # noqa: F401 - registers all layer types
from graphs.cost import absurd
from graphs.inner_ends import ends_of
from graphs.layer import call
from graphs.plan import (
    CannotBuild,
    Plan,
    evaluation_plan,
    objective_plan,
    owner_of,
    prediction_plan,
)
from graphs.planting import Garden, inner_key, known_of, public_key
from graphs.running import PREFIX, path_of, ports_in_order, run_of
from graphs.shapes import Shapes, shapes_of

if TYPE_CHECKING:
    from graphs.content import Document
    from graphs.graph import End, Graph
    from graphs.spec import Spec

__all__ = ["PREFIX", "CannotBuild", "Network", "Pass", "build"]


class Network(nn.Module):
    """The `main` network of a document, built; weights of all modes are the same.

    Called with columns by port name (or `node.port` where two data nodes have the same port), batch first,
    it returns the outputs by name. Keys of its state_dict are `NODE_ID.weight`, inside blocks
    `PLACEMENT.NODE_ID.weight`, in rounds of a repeat `PLACEMENT.0.NODE_ID.weight`.
    """

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self._shapes: dict[int, Shapes] = {}
        # Plain dicts, which nn.Module does not look into: the layers stand once, in this module itself.
        self._passes: dict[str, Pass] = {}
        plans = [
            *(objective_plan(document, each) for each in document.objectives),
            prediction_plan(document),
        ]
        plans.append(evaluation_plan(document))
        self._garden = Garden(self, document.main.nodes)
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
        for module in self._garden.frozen:
            for each in module.modules():
                if isinstance(each, _NormBase):
                    each.eval()
        return self

    def layer(self, node_id: str) -> nn.Module:
        """The built module of a node (of its shared weights, if it shares); of a block, what holds its modules."""
        return self.get_submodule(path_of(owner_of(self.document.main.nodes[node_id])))

    def weights_of(self, owner: str) -> nn.Module:
        """The module of a call of a plan."""
        return self.get_submodule(path_of(owner))

    def modules_of(self, plan: Plan) -> dict[str, nn.Module]:
        """The built modules of a plan by node."""
        return self._garden.modules(plan, self)

    def parameters_of(self, update: tuple[str, ...]) -> list[nn.Parameter]:
        """What the nodes, blocks and shared weights listed in `update` ("*" for all) learn, frozen ones left out.

        Raises:
            CannotBuild: it lists something that is none of these.
        """
        garden, nodes = self._garden, self.document.main.nodes
        for each in update:
            if each != "*" and each not in nodes and each not in garden.shared:
                raise CannotBuild(
                    f'An objective updates "{each[:80]}", which is no node of this network.'
                )
        if "*" in update:
            return [each for each in self.parameters() if each.requires_grad]
        wanted = set(update)
        found = {
            id(each): each
            for owner in garden.owners
            if owner.partition(".")[0] in wanted or garden.users[owner] & wanted
            for each in self.weights_of(owner).parameters()
            if each.requires_grad
        }
        return list(found.values())

    def inputs_of(self, node_id: str) -> list[Spec]:
        """What stands at the wired inputs of a node, in order of its ports."""
        graph = self.evaluation.plan.graph
        layer = graph.nodes[node_id].layer
        assert layer is not None
        known = known_of(graph, self._shapes_of(graph), node_id).inputs
        return [known[port] for port in ports_in_order(layer, known) if port in known]

    def column_names(self, columns: Mapping[str, Tensor]) -> list[str]:
        """Under which names the columns that a prediction needs stand in `columns`.

        Raises:
            ValueError: one is missing.
        """
        wanted = self.prediction.plan.columns
        return [_column(columns, end, wanted) for end in wanted]

    def new_metrics(self) -> dict[str, nn.Module]:
        """A fresh state of every metric of the network by path, to be fed by `update`."""
        indices = range(len(self.document.objectives))
        passes = [self.evaluation, *map(self.objective, indices)]
        graphs = [
            each.plan.graph for each in passes
        ]  # one that only trains may stand in a block that does
        found = {}
        for path in ends_of(self.document.main, "metric"):
            graph = next((each for each in graphs if path in each.nodes), None)
            node = graph.nodes[path] if graph is not None else None
            if graph is None or node is None or node.layer is None or node.marks.muted:
                continue
            known = known_of(graph, self._shapes_of(graph), path)
            found[path] = call(node.layer, node.layer.build, known.inputs)
        return found

    def _build(self, plans: list[Plan]) -> None:
        graphs = {id(plan.graph): plan.graph for plan in plans}
        for key, graph in graphs.items():
            mine = [plan for plan in plans if id(plan.graph) == key]
            wanted = {each.node for plan in mine for each in plan.calls}
            shapes = self._shapes_of(graph)
            found = next(absurd(shapes), None)
            if found is not None:
                name, words = graph.nodes[found[0]].phrase, found[1]
                raise CannotBuild(f"{name} {words}, more than any machine can hold.", found[0])
            self._garden.plant(graph, shapes, wanted, self)
        self._garden.tie()

    def _shapes_of(self, graph: Graph) -> Shapes:
        if id(graph) not in self._shapes:
            self._shapes[id(graph)] = shapes_of(graph)
        return self._shapes[id(graph)]

    def _pass(self, name: str, plan: Any) -> Pass:
        if name not in self._passes:
            self._passes[name] = Pass(plan(), self)
        return self._passes[name]


class Pass:
    """One plan, compiled: called with its columns in order, it returns the results in order."""

    def __init__(self, plan: Plan, network: Network) -> None:
        self.plan = plan
        self.module = run_of(plan, network.modules_of(plan))
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


def _strip(module: nn.Module, state: dict[str, Any], prefix: str, _metadata: Any) -> None:
    for key in list(state):
        if key.startswith(prefix):
            state[prefix + public_key(module, key.removeprefix(prefix))] = state.pop(key)


def _add(module: nn.Module, state: dict[str, Any], prefix: str, *_rest: Any) -> None:
    for key in list(state):
        if key.startswith(prefix):
            state[prefix + inner_key(module, key.removeprefix(prefix))] = state.pop(key)
