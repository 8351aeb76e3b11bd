"""Data, training, evaluation and export of what graphs describe, without Qt."""
