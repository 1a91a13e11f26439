"""Every assembly mode of groups beyond the triads, against a homotopy of the loop equations over the complex numbers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mechlock.linkage import newton
from mechlock.linkage.census import census
from mechlock.linkage.loops import loops_at
from mechlock.linkage.positions import Positions
from mechlock.linkage.search import search

CRANK = 20.0 * np.exp(1j * np.radians(40.0))


class Row:
    """Platforms pinned in a row, the outer ones on two legs, those between on one; the first leg stands on a crank.

    Two platforms are an Assur group of six bodies with three loops, three one of eight bodies with four loops.
    """

    def __init__(self, seed, platforms):
        u = np.random.default_rng(seed).uniform
        self.turn = np.exp(1j * u(-np.pi, np.pi, platforms))
        self.origin = np.array([complex(60 * i, 60 + u(-15, 15)) for i in range(platforms)])
        self.shared = [complex(60 * i + 30 + u(-8, 8), 60 + u(-20, 20)) for i in range(platforms - 1)]
        self.legs = []
        for i in range(platforms):
            for j in range(2 if i in (0, platforms - 1) else 1):
                top = complex(60 * i + (-25 if j == 0 else 20) * (1 if i == 0 else -1) + u(-8, 8), 55 + u(-20, 20))
                foot = complex(60 * i + (j - 0.5) * 40 + u(-10, 10), u(-25, 10))
                self.legs.append((i, CRANK if not self.legs else foot, top))

    def local(self, platform, place):
        return (place - self.origin[platform]) / self.turn[platform]

    def data(self, parts):
        bodies = {"ground": {"O": parts.mm(0, 0)}, "crank": {"O": parts.mm(0, 0), "A": parts.mm(20, 0)}}
        bodies |= {f"p{i}": {} for i in range(len(self.origin))}
        joints = [parts.pin("O", "ground.O", "crank.O")]
        for i, place in enumerate(self.shared):
            for platform in (i, i + 1):
                at = self.local(platform, place)
                bodies[f"p{platform}"][f"c{i}"] = parts.mm(float(at.real), float(at.imag))
            joints.append(parts.pin(f"c{i}", f"p{i}.c{i}", f"p{i + 1}.c{i}"))
        for n, (i, foot, top) in enumerate(self.legs):
            at = self.local(i, top)
            bodies[f"p{i}"][f"t{n}"] = parts.mm(float(at.real), float(at.imag))
            bodies[f"leg{n}"] = {"A": parts.mm(0, 0), "B": parts.mm(float(abs(top - foot)), 0)}
            if n > 0:
                bodies["ground"][f"F{n}"] = parts.mm(float(foot.real), float(foot.imag))
            joints.append(parts.pin(f"f{n}", "crank.A" if n == 0 else f"ground.F{n}", f"leg{n}.A"))
            joints.append(parts.pin(f"t{n}", f"leg{n}.B", f"p{i}.t{n}"))
        return parts.data(bodies, joints, {"joint": "O", "value": "40 deg"})

    def linear(self):
        """Matrix and right side of the closing equations in unit vectors of legs and platforms, and in the platforms' origins."""
        legs, platforms = len(self.legs), len(self.origin)
        rows, right = [], []
        for n, (i, foot, top) in enumerate(self.legs):
            row = np.zeros(legs + 2 * platforms, dtype=complex)
            row[n], row[legs + i], row[legs + platforms + i] = abs(top - foot), -self.local(i, top), -1.0
            rows.append(row)
            right.append(-foot)
        for i, place in enumerate(self.shared):
            row = np.zeros(legs + 2 * platforms, dtype=complex)
            for platform, sign in ((i, 1.0), (i + 1, -1.0)):
                row[legs + platform], row[legs + platforms + platform] = sign * self.local(platform, place), sign
            rows.append(row)
            right.append(0.0)
        return np.array(rows), np.array(right)


def affine(matrix, right, units):
    """All unit vectors that close the linear equations: offset and directions, rows of unit vectors only."""
    offset = np.linalg.lstsq(matrix, right, rcond=None)[0]
    free = np.linalg.svd(matrix)[2][len(matrix) :].conj().T
    return offset[:units], free[:units]


def real_solutions_by_homotopy(row):
    """Count real assemblies: unit vectors z and their conjugates w solve z_j w_j = 1 on the linear closing equations.

    Both z and w are affine in a few free numbers, so that the start ``(linear in z) (linear in w) = 0`` has as many solutions
    as the two-homogeneous Bezout number; each is followed to the end.
    """
    matrix, right = row.linear()
    units = len(row.legs) + len(row.origin)
    z0, zf = affine(matrix, right, units)
    w0, wf = affine(matrix.conj(), right.conj(), units)
    free = zf.shape[1]
    rng = np.random.default_rng(1)

    def random(*shape):
        return np.exp(2j * np.pi * rng.uniform(size=shape)) * rng.uniform(0.6, 1.4, shape)

    a, a0, b, b0, gamma = random(units, free), random(units), random(units, free), random(units), random(units)
    starts = []
    for chosen in combinations(range(units), free):
        others = [j for j in range(units) if j not in chosen]
        one = np.linalg.solve(a[list(chosen)], -a0[list(chosen)])
        starts.append(np.concatenate([one, np.linalg.solve(b[others], -b0[others])]))

    def both(x, t):
        """Homotopy, its derivatives by the unknowns and by t, for one t of each path."""
        p, q = x[:, :free], x[:, free:]
        z, w = z0 + p @ zf.T, w0 + q @ wf.T
        ga, gb = a0 + p @ a.T, b0 + q @ b.T
        t = t[:, None]
        value = t * (z * w - 1.0) + (1.0 - t) * gamma * ga * gb
        by_p = t[..., None] * w[..., None] * zf + ((1.0 - t) * gamma * gb)[..., None] * a
        by_q = t[..., None] * z[..., None] * wf + ((1.0 - t) * gamma * ga)[..., None] * b
        return value, np.concatenate([by_p, by_q], axis=2), (z * w - 1.0) - gamma * ga * gb

    x = np.array(starts)
    t, step = np.zeros(len(x)), np.full(len(x), 1e-3)
    alive = np.ones(len(x), dtype=bool)
    for _ in range(4000):
        go = np.flatnonzero(alive & (t < 1.0))
        if not go.size:
            break
        to = np.minimum(t[go] + step[go], 1.0)
        h = (to - t[go])[:, None]
        slopes = []
        for share, k in ((0.0, None), (0.5, 0), (0.5, 1), (1.0, 2)):  # Runge and Kutta's predictor
            at = x[go] if k is None else x[go] + share * h * slopes[k]
            _, matrix_x, by_t = both(at, t[go] + share * h[:, 0])
            slopes.append(-np.linalg.solve(matrix_x, by_t[..., None])[..., 0])
        new = x[go] + h / 6.0 * (slopes[0] + 2.0 * slopes[1] + 2.0 * slopes[2] + slopes[3])
        first = None
        for _ in range(3):
            value, matrix_x, _ = both(new, to)
            change = np.linalg.solve(matrix_x, value[..., None])[..., 0]
            new = new - change
            first = np.abs(change).max(axis=1) if first is None else first
        size, last = 1.0 + np.abs(new).max(axis=1), np.abs(change).max(axis=1)
        good = (first < 1e-4 * size) & (last < 1e-9 * size)
        x[go[good]], t[go[good]] = new[good], to[good]
        step[go] = np.where(good, np.minimum(1.5 * step[go], 0.05), 0.4 * step[go])
        alive[go] = (step[go] > 1e-12) & (np.abs(x[go]).max(axis=1) < 1e7)  # the others end at infinity
    ends = x[alive & (t >= 1.0)]
    z, w = z0 + ends[:, :free] @ zf.T, w0 + ends[:, free:] @ wf.T
    off = np.maximum(np.abs(np.abs(z) - 1.0), np.abs(w - z.conj())).max(axis=1)
    return len(starts), int((off < 1e-6).sum()), bool(((off > 1e-6) & (off < 1e-3)).any())


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_a_group_of_six_bodies_has_as_many_modes_as_the_homotopy_finds(make, parts, seed):
    row = Row(seed, 2)
    paths, count, close = real_solutions_by_homotopy(row)
    assert paths == 20
    assume(not close)
    positions = Positions(make(row.data(parts)))
    assert positions.census.complete
    assert len(positions.modes) == len(positions.census.q) == count >= 1
    q = positions.census.q
    assert np.abs(positions.constraints.residual(q, np.full(len(q), positions.drive_value))).max() < 1e-9
    assert np.abs(np.angle(np.exp(1j * q[:, 5]) / row.turn[0])).min() < 1e-6  # the one that it was built in is among them


def test_a_group_of_eight_bodies(make, parts):
    row = Row(1, 3)
    paths, count, _ = real_solutions_by_homotopy(row)
    positions = Positions(make(row.data(parts)))
    assert paths == 70
    assert positions.census.complete
    assert len(positions.census.q) == count == 16


def test_a_search_that_may_not_go_on_says_so(make, parts):
    positions = Positions(make(Row(1, 2).data(parts)))
    found = census(positions.constraints, positions.drive_value, limit=50)
    assert not found.complete
    assert "did not suffice" in found.reason


def test_a_dead_centre_is_not_called_simple(make, parts):
    """Coupler and rocker in one line: two modes meet, and the search says that it cannot tell how many there are."""
    positions = Positions(make(parts.four_bar(40.0, 50.0, 30.0, 120.0, 0.0)))
    found = census(positions.constraints, 0.0)
    assert not found.complete
    assert "singular" in found.reason


@pytest.mark.parametrize("drive", np.radians([-100.0, 15.0, 80.0]))
def test_a_closed_form_and_the_search_agree(make, parts, drive):
    positions = Positions(make(parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0)))
    found = census(positions.constraints, drive)
    assert found.complete
    own = np.concatenate([positions.at(mode, np.array([drive])) for mode in positions.modes])
    assert len(newton.distinct(positions.constraints, np.vstack([own, found.q]))) == len(found.q) == 2


def test_no_assembly_is_proved_to_be_none(make, parts):
    positions = Positions(make(parts.four_bar(40.0, 10.0, 20.0, 100.0, 40.0)))
    found = census(positions.constraints, positions.drive_value)
    assert found.complete
    assert len(found.q) == 0


def test_slides_are_unknown_travels(make, parts):
    """A crank in a slotted arm: one angle, one travel; both sides of the arm."""
    bodies = {
        "ground": {"O": parts.mm(0, 0), "G": parts.mm(-60, 0)},
        "crank": {"O": parts.mm(0, 0), "A": parts.mm(30, 0)},
        "block": {"A": parts.mm(0, 0)},
        "arm": {"G": parts.mm(0, 0), "L": parts.mm(10, 5)},
    }
    joints = [parts.pin("O", "ground.O", "crank.O"), parts.pin("A", "crank.A", "block.A"), parts.pin("G", "ground.G", "arm.G")]
    joints.append(parts.slide("s", "arm.L", "block.A"))
    positions = Positions(make(parts.data(bodies, joints, {"joint": "O", "value": "50 deg"})))
    loops = loops_at(positions.constraints, positions.drive_value)
    assert (loops.angles, loops.travels, loops.loops) == (1, 1, 1)
    found = search(loops, 1e4)
    assert found.complete
    assert len(census(positions.constraints, positions.drive_value).q) == 2
