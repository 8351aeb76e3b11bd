"""From a document to a file of plain PyTorch: `source` of a document, `network_source` of one network."""

from graphs.codegen.writer import Source, network_source, source
from graphs.plan import CannotBuild

__all__ = ["CannotBuild", "Source", "network_source", "source"]
