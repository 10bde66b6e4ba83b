"""Group numbers: what multiSyncPy and NeuroKit2 print of several people, by their definitions.

For comparison with published numbers. None of them has a test here: they grow with the memory
of each series alone. :mod:`interbeat.dyad.groups` has what has one.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from interbeat.core.arrays import ComplexArray, FloatArray, frozen_floats
from interbeat.core.errors import DataError

__all__ = [
    "coherence_team", "driver_scores", "empath_scores", "half_angle_synchrony",
    "phases_of", "sum_normalized_csd", "symbolic_entropy", "synchronization_coefficients",
    "synchronization_index",
]  # fmt: skip

LONGEST_PIECE = 256  # samples of a piece of the spectrum, or a quarter of the record


def coherence_team(series: ArrayLike) -> float:
    """Return the mean coherence over frequencies and pairs (Reinero et al. 2021).

    Welch's spectra of pieces of 256 samples or a quarter of the record, overlapping by half,
    as multiSyncPy 0.1.2 has it. Every frequency counts alike, those without power too.

    Parameters
    ----------
    series : array_like, shape (k, n)
        A row a person, complete.

    Raises
    ------
    DataError
        If there are fewer than two people, or a sample is missing.

    References
    ----------
    .. [1] Reinero, Dikker & Van Bavel (2021), doi:10.1093/scan/nsaa135.

    Examples
    --------
    >>> a, b = np.random.default_rng(1).standard_normal((2, 1000))
    >>> print(f"{coherence_team([a, b]):.2f} {coherence_team([a, a]):.2f}")
    0.15 1.00
    """
    every = [np.mean(np.abs(ab) ** 2 / (aa * bb)) for ab, aa, bb in _spectra(_rows(series))]
    return float(np.mean(every))


def sum_normalized_csd(series: ArrayLike) -> float:
    """Return cross-spectral power over the product of powers, each summed over frequencies.

    Mean over pairs; spectra as in :func:`coherence_team`. Frequencies count by their power
    (Hudson et al. 2022).

    Parameters
    ----------
    series : array_like, shape (k, n)
        A row a person, complete.

    Raises
    ------
    DataError
        If there are fewer than two people, or a sample is missing.

    References
    ----------
    .. [1] Hudson, Wiltshire & Atzmueller (2022), doi:10.3758/s13428-022-01855-y.

    Examples
    --------
    >>> a, b = np.random.default_rng(1).standard_normal((2, 1000))
    >>> print(f"{sum_normalized_csd([a, b]):.2f} {sum_normalized_csd([a, a]):.2f}")
    0.15 1.00
    """
    every = [
        np.sum(np.abs(ab) ** 2) / np.sum(aa * bb) for ab, aa, bb in _spectra(_rows(series))
    ]
    return float(np.mean(every))


def symbolic_entropy(series: ArrayLike) -> float:
    """Return the entropy (nats) of which thirds of their values people are in together.

    Each value is low, medium or high within its own series; what is counted is the pattern of
    all people at an instant (Hudson et al. 2022). Lower: fewer patterns, more order.

    Parameters
    ----------
    series : array_like, shape (k, n)
        A row a person, complete.

    Raises
    ------
    DataError
        If there are fewer than two people, or a sample is missing.

    References
    ----------
    .. [1] Hudson, Wiltshire & Atzmueller (2022), doi:10.3758/s13428-022-01855-y.

    Examples
    --------
    >>> a, b = np.random.default_rng(1).standard_normal((2, 9000))
    >>> print(f"{symbolic_entropy([a, b]):.2f} {symbolic_entropy([a, a]):.2f}")
    2.20 1.10
    """
    thirds = [np.digitize(row, np.quantile(row, (1 / 3, 2 / 3))) for row in _rows(series)]
    count = np.unique(np.stack(thirds), axis=1, return_counts=True)[1]
    share = count / count.sum()
    return float(-(share @ np.log(share)))


def synchronization_coefficients(series: ArrayLike, *, lag: int) -> FloatArray:
    """Return how far each person's past foretells each other's present, beside their own past.

    Entry (i, j) is the coefficient of i's value `lag` samples ago in the linear regression of
    j's on it and on j's own then: i drives, j answers. The diagonal is *half* of the
    coefficient of each person's own past, as in multiSyncPy 0.1.2, whose regression there is
    on one series twice. Coefficients are in the units of the series: scale them first.

    Parameters
    ----------
    series : array_like, shape (k, n)
        A row a person, complete.
    lag : int
        In samples.

    Raises
    ------
    DataError
        If there are fewer than two people, a sample is missing, or the lag leaves under 4.

    References
    ----------
    .. [1] Guastello & Peressini (2023), doi:10.1037/gdn0000199.
    .. [2] Hudson, Wiltshire & Atzmueller (2022), doi:10.3758/s13428-022-01855-y.

    Examples
    --------
    >>> a = np.random.default_rng(1).standard_normal(1000)
    >>> np.round(synchronization_coefficients([a, np.roll(a, 1)], lag=1), 1) + 0.0
    array([[0., 1.],
           [0., 0.]])
    """
    rows = _rows(series)
    if not 1 <= lag <= rows.shape[1] - 4:
        raise DataError(f"a lag of {lag} does not fit {rows.shape[1]} samples")
    past = rows[:, :-lag] - rows[:, :-lag].mean(axis=1, keepdims=True)
    now = rows[:, lag:] - rows[:, lag:].mean(axis=1, keepdims=True)
    k = rows.shape[0]
    out = np.empty((k, k))
    for i in range(k):
        for j in range(k):
            both = np.stack((past[i], past[j]), axis=1)
            out[i, j] = np.linalg.lstsq(both, now[j], rcond=None)[0][0]
    return out


def driver_scores(series: ArrayLike, *, lag: int) -> FloatArray:
    """Return how far each person drives the others: sums of squares of coefficients by row.

    Own past included, as in multiSyncPy 0.1.2. See :func:`synchronization_coefficients`, also
    for parameters and what raises.

    Examples
    --------
    >>> a = np.random.default_rng(1).standard_normal(1000)
    >>> np.round(driver_scores([a, np.roll(a, 1)], lag=1), 1)
    array([1., 0.])
    """
    return np.asarray(np.sum(synchronization_coefficients(series, lag=lag) ** 2, axis=1))


def empath_scores(series: ArrayLike, *, lag: int) -> FloatArray:
    """Return how far each person answers the others: sums of squares by column.

    Own past included, as in multiSyncPy 0.1.2. See :func:`synchronization_coefficients`, also
    for parameters and what raises.

    Examples
    --------
    >>> a = np.random.default_rng(1).standard_normal(1000)
    >>> np.round(empath_scores([a, np.roll(a, 1)], lag=1), 1)
    array([0., 1.])
    """
    return np.asarray(np.sum(synchronization_coefficients(series, lag=lag) ** 2, axis=0))


def synchronization_index(series: ArrayLike, *, lag: int) -> float:
    """Return Guastello and Peressini's index of a group, about its strongest empath.

    ``v @ inv(M) @ v``: `v` how far each other person drives the empath, `M` the coefficients
    among those others. It is no share: an `M` that is near singular makes it anything.

    See :func:`synchronization_coefficients` for parameters.

    Raises
    ------
    DataError
        If `M` has no inverse; and as there.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = np.convolve(rng.standard_normal(1000), np.ones(4), "same")
    >>> b = np.roll(a, 1) + rng.standard_normal(1000)
    >>> print(f"{synchronization_index([a, b], lag=1):.2f}")
    2.91
    """
    every = synchronization_coefficients(series, lag=lag)
    empath = int(np.argmax(np.sum(every**2, axis=0)))
    others = np.delete(np.arange(every.shape[0]), empath)
    drives = every[others, empath]
    try:
        return float(drives @ np.linalg.solve(every[np.ix_(others, others)], drives))
    except np.linalg.LinAlgError as error:
        raise DataError("the others' coefficients have no inverse: no index") from error


def phases_of(series: ArrayLike) -> ComplexArray:
    """Return the phase of each sample as a number on the circle, of the whole series.

    Of the analytic signal, as it is, nothing taken away and no band cut out: the phase then is
    that of whatever is largest. For what publications print; our own indices cut out a band.

    Parameters
    ----------
    series : array_like, shape (k, n)
        A row a person, complete.

    Raises
    ------
    DataError
        If there are fewer than two people, or a sample is missing.

    Examples
    --------
    >>> t = np.arange(400) / 100
    >>> a, b = phases_of([np.sin(2 * np.pi * t), np.cos(2 * np.pi * t)])
    >>> print(f"{np.angle(b[0] / a[0]) / np.pi:.2f} pi")
    0.50 pi
    """
    rows = _rows(series)
    n = rows.shape[1]
    spectrum = np.fft.fft(rows, axis=1)
    spectrum[:, 1 : (n + 1) // 2] *= 2
    spectrum[:, n // 2 + 1 :] = 0
    wave = np.fft.ifft(spectrum, axis=1)
    return np.asarray(wave / np.maximum(np.abs(wave), 1e-300), dtype=np.complex128)


def half_angle_synchrony(x: ArrayLike, y: ArrayLike) -> FloatArray:
    """Return 1 less the sine of half the phase difference, sample by sample.

    NeuroKit2's ``signal_synchrony(method="hilbert")``, whose phases are not those of a band:
    1 where they agree, 0 where they are opposed. Chance gives 1 - 2 / pi = 0.36, not 0.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        Complete.

    Raises
    ------
    DataError
        If the two differ in length, or a sample is missing.

    Examples
    --------
    >>> a, b = np.random.default_rng(1).standard_normal((2, 5000))
    >>> print(f"{half_angle_synchrony(a, b).mean():.2f}")
    0.35
    """
    a, b = frozen_floats(x, "x"), frozen_floats(y, "y")
    if a.size != b.size:
        raise DataError(f"two series must be equally long, not {a.size} and {b.size} samples")
    one, other = phases_of(np.stack((a, b)))
    return np.asarray(1 - np.sin(np.abs(np.angle(one) - np.angle(other)) / 2))


def _rows(series: ArrayLike) -> FloatArray:
    try:
        rows = np.asarray(series, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"a group is rows of equally many numbers: {error}") from error
    if rows.ndim != 2 or rows.shape[0] < 2:
        raise DataError(f"a group is rows of two people or more, not shape {rows.shape}")
    if not np.isfinite(rows).all():
        raise DataError("these numbers are of complete series: a sample is missing")
    return rows


def _spectra(rows: FloatArray) -> list[tuple[ComplexArray, FloatArray, FloatArray]]:
    """Return the cross-spectrum and both spectra of each pair, by Welch's method."""
    from scipy.signal import csd  # noqa: PLC0415 - slow to import, for those who ask for it

    piece = min(rows.shape[1] // 4, LONGEST_PIECE)
    if piece < 8:
        raise DataError(f"{rows.shape[1]} samples are too few for a spectrum: 32 or more")
    own = [np.real(csd(row, row, nperseg=piece)[1]) for row in rows]
    return [
        (csd(rows[i], rows[j], nperseg=piece)[1], own[i], own[j])
        for i, j in combinations(range(rows.shape[0]), 2)
    ]
