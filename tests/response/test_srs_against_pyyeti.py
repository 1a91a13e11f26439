"""The same shock spectra as pyyeti, where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.loads.history import history
from mechlock.response.srs import shock_response_spectrum


@pytest.mark.parametrize(("kind", "quantity"), [("absacce", "absolute_acceleration"), ("pvelo", "pseudo_velocity")])
@pytest.mark.parametrize("damping", [0.01, 0.05, 0.2])
def test_spectra_of_random_signals(kind, quantity, damping):
    oracle = pytest.importorskip("pyyeti.srs", reason="needs the oracle extra")
    rate = 2000.0
    values = np.random.default_rng(3).standard_normal(20000)
    values[0] = 0.0
    frequency = np.geomspace(1.0, 80.0, 30)
    other = oracle.srs(
        values, rate, frequency, 1 / (2 * damping), stype=kind, ic="zero", eqsine=False, getresp=False, time="primary"
    )
    mine = shock_response_spectrum(history(1 / rate, values), frequency, damping, quantity)
    assert mine.primary == pytest.approx(other, rel=1e-8)
