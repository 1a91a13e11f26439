"""Greatest length over time of vectors that are sums of modes, at very many points.

The square of such a length is a quadratic form in the modal coordinates. Its coefficients are formed once per point, the
products of coordinates once per time, and everything else is one matrix product: several times cheaper than forming the
vectors at every time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mechlock.fem.cores import on_all_cores

Floats = NDArray[np.floating[Any]]

_AT_ONCE = 1_000_000
_MOST_TERMS = 64


def greatest_length(rows: Floats, coordinates: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return the greatest Euclidean length over time and the number of the sample at which it occurs.

    Parameters
    ----------
    rows : (n_points, k, m) float array
        Components of each point's vector per modal coordinate.
    coordinates : (m, n_times) float array

    Returns
    -------
    length : (n_points,) float array
        Formed exactly at the sample that single precision finds greatest.
    sample : (n_points,) int array
    """
    terms = rows.shape[2]
    first, second = np.triu_indices(terms)
    direct = terms > _MOST_TERMS
    products = coordinates if direct else (coordinates[first] * coordinates[second])
    products = np.ascontiguousarray(products, np.float32 if not direct else np.float64)
    weight = np.where(first == second, 1.0, 2.0)
    sample = np.empty(len(rows), np.int64)
    size = max(1, _AT_ONCE // (coordinates.shape[1] * (rows.shape[1] if direct else 1)))

    def search(start: int) -> None:
        part = rows[start : start + size]
        if direct:
            vectors = part @ products
            squared = np.einsum("pkt,pkt->pt", vectors, vectors)
        else:
            form = np.matmul(part.transpose(0, 2, 1), part)[:, first, second] * weight
            scale = np.abs(form).max(axis=1, keepdims=True)
            squared = (form / np.where(scale > 0.0, scale, 1.0)).astype(np.float32) @ products
        sample[start : start + size] = squared.argmax(axis=1)

    for _ in on_all_cores(search, range(0, len(rows), size)):
        pass
    there = np.einsum("pkm,mp->pk", rows, coordinates[:, sample], optimize=True)
    return np.linalg.norm(there, axis=1), sample


def von_mises_rows(tensors: Floats) -> Floats:
    """Return vectors (n, 6, m) whose lengths are the von Mises stresses of tensors (n, 6, m): xx, yy, zz, xy, yz, zx."""
    xx, yy, zz, xy, yz, zx = np.moveaxis(tensors, 1, 0)
    half, three = np.sqrt(0.5), np.sqrt(3.0)
    return np.stack([half * (xx - yy), half * (yy - zz), half * (zz - xx), three * xy, three * yz, three * zx], axis=1)
