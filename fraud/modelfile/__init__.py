"""Models on disk, without pickle: in a fitted scorer and the names of its features, out one file of numbers and JSON.

`save` writes it and returns its version, a hash of the content; `load` gives back a model whose answers have the same
bits, and refuses what was cut off, changed, or does not fit the features. Nothing in a file is ever run.
"""

from fraud.modelfile.parts import KINDS
from fraud.modelfile.storing import LoadedModel, load, save

__all__ = ["KINDS", "LoadedModel", "load", "save"]
