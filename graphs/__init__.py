"""Documents, layers, shapes, rules and compilation: everything about a graph, without Qt or Lightning."""
