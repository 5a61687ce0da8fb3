"""A small network that reads a customer's last events: LSTM, attention, residual blocks.

Trees see an event with counts and sums of what came before; the order of it is lost. Here an event is projected, the
LSTM reads them in order, attention lets the last event look back at those that matter to it, a residual block digests
the result. Missing earlier events are masked. Some ten thousand weights: frauds are few.

Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; Vaswani et al., "Attention Is All You Need", NIPS
2017; He et al., "Deep Residual Learning", CVPR 2016. Keras 3 on JAX, the extra `sequence`. It costs a hundred times
what trees cost, so it is asked about the suspicious few only. With some hundred frauds to learn from it adds nothing:
in the top percent of a province of 300,000 payments its average precision was .32 where the blend's was .76, and
`Rescored` gave it the weight zero. It waits for a bank's thousands of frauds.
"""

import functools
import importlib
import importlib.util
import os
import sys
import threading
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from fraud.errors import ExtraMissingError, SequenceInputError
from fraud.scorers.log_odds import probability
from fraud.scorers.target import binary_target

__all__ = ["SequenceScorer", "keras_on_jax", "shapes"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

_BATCHES = (64, 512, 2_048)
_ONE_AT_A_TIME = threading.Lock()


def keras_on_jax() -> Any:
    """Return Keras with JAX below it.

    Raises
    ------
    ExtraMissingError
        If one of them is not installed, or Keras already runs on something else in this process.
    """
    if importlib.util.find_spec("keras") is None or importlib.util.find_spec("jax") is None:
        raise ExtraMissingError("The sequence model needs Keras and JAX: pip install -e '.[sequence]'")
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = "jax"
    keras = importlib.import_module("keras")
    if keras.backend.backend() != "jax":
        raise ExtraMissingError(
            f"Keras already runs on {keras.backend.backend()} in this process; import fraud.sequence before it, "
            "or set KERAS_BACKEND=jax."
        )
    return keras


class SequenceScorer(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Probability of fraud of the last event of each history.

    It has scikit-learn's interface but takes tables of histories, which scikit-learn's own checks do not know.

    Parameters
    ----------
    units
        Width of every layer.
    epochs, batch, learning_rate
        How long and how finely it learns.
    honest_per_fraud
        Honest histories that are learnt from for each fraud, drawn once; the probabilities are corrected for it.
    random_state
        Seed of weights, order and draw.

    Attributes
    ----------
    weights_
        The network's arrays; they and `units` are all there is to store.
    center_, spread_
        Mean and deviation of each number of an event.
    shift_
        Log-odds that correct for the honest histories that were left out.
    """

    weights_: list[Singles]
    center_: Singles
    spread_: Singles
    shift_: float

    def __init__(
        self,
        *,
        units: int = 24,
        epochs: int = 6,
        batch: int = 256,
        learning_rate: float = 2e-3,
        honest_per_fraud: int = 30,
        random_state: int = 0,
    ) -> None:
        self.units = units
        self.epochs = epochs
        self.batch = batch
        self.learning_rate = learning_rate
        self.honest_per_fraud = honest_per_fraud
        self.random_state = random_state

    def fit(self, X: Singles, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None) -> Self:
        """Learn from histories.

        Parameters
        ----------
        X
            Histories, oldest event first, NaN before the first, shape (n, length, width), see `Histories`.
        y
            1 if the last event is fraud, 0 else, shape (n,).
        sample_weight
            How many payments each history stands for, shape (n,), equal within each class.

        Raises
        ------
        SequenceInputError
            If the histories have another shape, or end without an event.
        OneClassError
            If all have the same label.
        ExtraMissingError
            If Keras or JAX is not installed.
        """
        _check(X, None)
        weight = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        self.classes_, label = binary_target(y, weight)
        self.length_, self.width_ = X.shape[1:]
        self.n_features_in_ = self.length_ * self.width_
        rng = np.random.default_rng(self.random_state)
        honest, fraud = np.flatnonzero((label == 0) & (weight > 0)), np.flatnonzero((label == 1) & (weight > 0))
        drawn = rng.choice(honest, min(len(honest), self.honest_per_fraud * len(fraud)), replace=False)
        rows = rng.permutation(np.concatenate([fraud, drawn]))
        stands = weight[honest].sum() / len(drawn), weight[fraud].mean()
        self.shift_ = float(np.log(stands[1]) - np.log(stands[0]))
        events = X[rows][~np.isnan(X[rows, :, 0])]
        self.center_, self.spread_ = events.mean(axis=0), events.std(axis=0) + np.float32(1e-6)
        keras = keras_on_jax()
        keras.utils.set_random_seed(self.random_state)
        network = _network(keras, self.length_, self.width_, self.units)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        network.compile(optimizer=keras.optimizers.Adam(self.learning_rate), loss=loss)
        target = label[rows].astype(np.float32)[:, np.newaxis]
        network.fit(self._prepared(X[rows]), target, batch_size=self.batch, epochs=self.epochs, verbose=0, shuffle=True)
        # not get_weights(): its numpy() asks JAX for a copy in a way that numpy no longer likes
        self.weights_ = [np.array(variable.value, dtype=np.float32) for variable in network.weights]
        return self

    def decision_function(self, X: Singles) -> Floats:
        """Return the log-odds of fraud of the last event of each history, shape (n,)."""
        check_is_fitted(self)
        _check(X, (self.length_, self.width_))
        if not len(X):
            return np.empty(0)
        # Few sizes of batch, since JAX compiles for each; what is filled up is cut off again.
        size = next((size for size in _BATCHES if len(X) <= size), _BATCHES[-1])
        parts = []
        with _ONE_AT_A_TIME:
            network = _reader(self.length_, self.width_, self.units)
            network.set_weights(self.weights_)
            for start in range(0, len(X), size):
                part = X[start : start + size]
                filled = np.concatenate([part, np.repeat(part[:1], size - len(part), axis=0)])
                made = np.asarray(network.predict_on_batch(self._prepared(filled)))[: len(part), 0]
                parts.append(made.astype(np.float64))
        return np.concatenate(parts) + self.shift_

    def predict_proba(self, X: Singles) -> Floats:
        """Return the probabilities of the two classes, shape (n, 2)."""
        fraud = probability(self.decision_function(X))
        return np.column_stack([1.0 - fraud, fraud])

    def predict(self, X: Singles) -> npt.NDArray[Any]:
        """Return the likelier class of the last event of each history, shape (n,)."""
        likelier: npt.NDArray[Any] = self.classes_[(self.decision_function(X) > 0).astype(np.int64)]
        return likelier

    def _prepared(self, X: Singles) -> list[Singles]:
        """Return standardised events with zeros for those that are missing, and which are there."""
        present = ~np.isnan(X[:, :, 0])
        scaled = np.clip((X - self.center_) / self.spread_, -8.0, 8.0)
        return [np.where(present[:, :, np.newaxis], scaled, 0.0).astype(np.float32), present.astype(np.float32)]


@functools.lru_cache(maxsize=8)
def _reader(length: int, width: int, units: int) -> Any:
    """Return a network to score with, which JAX compiles once for all scorers of these sizes."""
    return _network(keras_on_jax(), length, width, units)


def _network(keras: Any, length: int, width: int, units: int) -> Any:
    layers = keras.layers
    events, present = layers.Input((length, width)), layers.Input((length,))
    projected = layers.Dense(units, activation="gelu")(events)
    # missing events come first: zeros leave the LSTM near its start, and attention does not look at them
    masked = layers.Multiply()([projected, layers.Reshape((length, 1))(present)])
    read = layers.LSTM(units, return_sequences=True)(masked)
    read = layers.LayerNormalization()(layers.Add()([read, masked]))
    last = layers.Cropping1D((length - 1, 0))(read)
    mask = layers.Reshape((1, length))(present)
    looked = layers.MultiHeadAttention(2, units // 2)(last, read, attention_mask=mask)
    state = layers.Flatten()(layers.LayerNormalization()(layers.Add()([last, looked])))
    block = layers.Dense(units)(layers.Dense(2 * units, activation="gelu")(state))
    state = layers.LayerNormalization()(layers.Add()([state, block]))
    return keras.Model([events, present], layers.Dense(1)(state))


def shapes(width: int, units: int) -> list[tuple[int, ...]]:
    """Return the shapes of the network's arrays, in the order of `weights_`."""
    half, norm = units // 2, [(units,), (units,)]
    return [
        *((width, units), (units,), (units, 4 * units), (units, 4 * units), (4 * units,), *norm),
        *((units, 2, half), (2, half)) * 3,
        *((2, half, units), (units,), *norm, (units, 2 * units), (2 * units,), (2 * units, units), (units,), *norm),
        *((units, 1), (1,)),
    ]


def _check(X: Singles, shape: tuple[int, int] | None) -> None:
    if X.ndim != 3 or (shape is not None and X.shape[1:] != shape):
        wanted = "(n, length, width)" if shape is None else f"(n, {shape[0]}, {shape[1]})"
        raise SequenceInputError(f"Histories must have the shape {wanted}, not {X.shape}.")
    if len(X) and np.isnan(X[:, -1]).any():
        row = int(np.isnan(X[:, -1]).any(axis=1).argmax())
        raise SequenceInputError(f"History {row} ends without its event: its last row must have numbers only.")
