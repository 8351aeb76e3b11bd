"""Simple models that a network should beat: guessing, lines, nearest neighbours, and yesterday's value.

Letters of axes: N samples, F features, K classes, D numbers of a target.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEIGHBOURS = 5
"""As many as scikit-learn asks by default."""

ROUNDS, ITERATIONS = 10, 20
"""A logistic regression is fitted in so many rounds of so many iterations, between which it can be ended."""

RIDGE = 1e-3
"""So little pull towards 0 that only features which say the same are told apart by it."""

AT_ONCE = 500
"""So many samples are looked up among their neighbours at once, before a look at the clock."""


@dataclass(frozen=True)
class Fitted:
    """A simple model; `answer` gives chances (N, K) of classes, or numbers (N, D), for features (N, F)."""

    kind: str
    title: str
    answer: Callable[[NDArray[np.float32]], NDArray[np.float64]]


class OverTimeError(Exception):
    """The time is over, or nobody wants to know any more."""


@dataclass(frozen=True)
class Clock:
    """When to give up: at a moment of `time.monotonic`, or when `should_stop` says so."""

    until: float
    should_stop: Callable[[], bool]

    def look(self) -> None:
        """Go on if there is time.

        Raises:
            OverTimeError: there is none left.
        """
        if self.should_stop() or time.monotonic() > self.until:
            raise OverTimeError


def guess_class(labels: NDArray[np.int64], classes: int) -> Fitted:
    """Chances as often as each class stands in the training part, whatever the sample is."""
    counts = np.bincount(labels.ravel(), minlength=classes) + 1.0 / classes
    chances = counts / counts.sum()
    return Fitted("chance", "Most frequent class", lambda x: np.tile(chances, (len(x), 1)))


def guess_mean(targets: NDArray[np.float32]) -> Fitted:
    """The mean of the training part, whatever the sample is."""
    mean = targets.astype(np.float64).mean(axis=0)
    return Fitted("chance", "Mean", lambda x: np.tile(mean, (len(x), 1)))


def fit_classes(
    features: NDArray[np.float32], labels: NDArray[np.int64], classes: int, clock: Clock
) -> Iterator[Fitted]:
    """Logistic regression and nearest neighbours, as far as there is time for them.

    Neighbours' votes v of n for a class become the chance (v + 1/K) / (n + 1): none is ever impossible.

    Raises:
        OverTimeError: there is no time left.
    """
    clock.look()
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    warnings.filterwarnings("ignore", category=ConvergenceWarning)  # of a round: the next goes on
    known = np.unique(labels)
    if len(known) < 2:
        return
    line = LogisticRegression(max_iter=ITERATIONS, warm_start=True)
    for _ in range(ROUNDS):
        clock.look()
        line.fit(features, labels)
        if int(line.n_iter_[0]) < ITERATIONS:
            break
    yield Fitted(
        "linear", "Logistic regression", lambda x: _spread(line.predict_proba(x), known, classes)
    )
    clock.look()
    count = min(NEIGHBOURS, len(labels))
    near = KNeighborsClassifier(count, algorithm="brute").fit(features, labels)

    def votes(x: NDArray[np.float32]) -> NDArray[np.float64]:
        rows = [near.predict_proba(each) for each in _pieces(x, clock)]
        spread = _spread(np.concatenate(rows), known, classes)
        return (spread * count + 1.0 / classes) / (count + 1.0)

    yield Fitted("neighbours", "Nearest neighbours", votes)


def fit_numbers(
    features: NDArray[np.float32], targets: NDArray[np.float32], clock: Clock
) -> Iterator[Fitted]:
    """Linear regression and nearest neighbours, as far as there is time for them.

    Raises:
        OverTimeError: there is no time left.
    """
    clock.look()
    from sklearn.linear_model import Ridge
    from sklearn.neighbors import KNeighborsRegressor

    line = Ridge(alpha=RIDGE, solver="lsqr" if features.shape[1] > 2000 else "auto")
    line.fit(features.astype(np.float64), targets)  # sums of many squares keep their digits
    width = targets.shape[1]
    yield Fitted("linear", "Linear regression", lambda x: line.predict(x).reshape(len(x), width))
    clock.look()
    near = KNeighborsRegressor(min(NEIGHBOURS, len(targets)), algorithm="brute")
    near.fit(features, targets)
    yield Fitted(
        "neighbours",
        "Nearest neighbours",
        lambda x: np.concatenate([near.predict(each) for each in _pieces(x, clock)]),
    )


def _pieces(x: NDArray[np.float32], clock: Clock) -> Iterator[NDArray[np.float32]]:
    for begin in range(0, len(x), AT_ONCE):
        clock.look()
        yield x[begin : begin + AT_ONCE]


def _spread(
    chances: NDArray[np.float64], known: NDArray[np.int64], classes: int
) -> NDArray[np.float64]:
    """Chances of all classes, from those of the classes that the training part has."""
    found = np.zeros((len(chances), classes))
    found[:, known] = chances
    return found
