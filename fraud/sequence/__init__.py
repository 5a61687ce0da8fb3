"""What a customer did before: the last 32 events, read in order by a small network that re-scores the suspicious few.

In: a stream of encoded events with their customers; out: for each event the customer's last ones, what a network makes
of them (`SequenceScorer`), and a score in which it has a say where the rest is already alarmed (`Rescored`). The
network needs the extra `sequence` (Keras on JAX); the histories need numpy alone.
"""

from fraud.sequence.history import LENGTH, Histories
from fraud.sequence.network import SequenceScorer
from fraud.sequence.rescoring import Rescored

__all__ = ["LENGTH", "Histories", "Rescored", "SequenceScorer"]
