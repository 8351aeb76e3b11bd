"""The node editor: a view of the graph and the gestures on it."""
