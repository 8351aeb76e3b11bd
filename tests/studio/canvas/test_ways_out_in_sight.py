"""What a way out adds is seen at once, and no sentence about a problem lies on another."""

from __future__ import annotations

from itertools import combinations

from graphs.graph import Node
from tests.studio.canvas.drawing import classifier, graph_of

TITLE = "A very long title that someone pasted here, of eighty characters or a few more"


def looks_at(canvas):
    across, down = canvas.horizontalScrollBar(), canvas.verticalScrollBar()
    return across.value(), down.value(), canvas.camera.zoom


def misfit(canvas, node="cross_entropy_loss"):
    return canvas._scene.bubbles.items[node].problem


def test_what_a_way_out_adds_out_of_sight_is_brought_into_it(store, canvas, show):
    show(classifier(flat=False))
    fix = misfit(canvas).fixes[0]
    before = set(store.graph.nodes)
    canvas.camera.scroll(2000, 1500)

    canvas.desk.apply(fix)

    new = set(store.graph.nodes) - before
    assert new
    assert all(canvas.viewport().rect().contains(canvas.node_rect(each)) for each in new)


def test_the_view_stays_where_it_is_if_what_a_way_out_adds_is_seen(canvas, show):
    show(classifier(flat=False))
    canvas.camera.scroll(200, 0)
    before = looks_at(canvas)

    canvas.desk.apply(misfit(canvas).fixes[0])

    assert looks_at(canvas) == before


def test_a_graph_that_is_seen_as_a_whole_stays_so(store, canvas, show):
    show(classifier(flat=False))
    canvas.resize(900, 500)
    canvas.fit()

    canvas.desk.apply(misfit(canvas).fixes[0])

    seen = canvas.viewport().rect()
    assert all(seen.contains(canvas.node_rect(each)) for each in store.graph.nodes)


def test_the_view_stays_where_it_is_if_nothing_is_added(canvas, show):
    show(graph_of(Node("digits", "Digits", {"split": (0.5, 0.5, 0.5)})))
    fix = misfit(canvas, "digits").fixes[0]
    canvas.camera.scroll(2000, 1500)
    before = looks_at(canvas)

    canvas.desk.apply(fix)

    assert looks_at(canvas) == before


def test_bubbles_of_two_nodes_do_not_lie_on_each_other(store, canvas, show):
    show(
        graph_of(
            Node("diabetes", "Diabetes"),
            Node("linear", "Linear", title=TITLE),
            Node("mse_loss", "MSELoss"),
            wires=("diabetes.features -> linear.input", "diabetes.features -> mse_loss.target"),
        )
    )
    canvas.camera.scroll(0, 100)

    store.select({"linear"})

    bodies = [bubble.body for bubble in canvas._scene.bubbles.items.values()]
    assert len(bodies) == 2
    assert not any(one.intersects(other) for one, other in combinations(bodies, 2))
