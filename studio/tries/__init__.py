"""Trying a trained network: a canvas to draw on, and the scores of an answer as bars."""
