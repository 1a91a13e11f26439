"""Joint reactions under loads, without friction, from the free-body equations of all bodies at once.

The transposed constraint Jacobian is the matrix of the free-body equations: its multipliers are the joints' forces, and the
multiplier of the drive's row is the effort of the stop or actuator that holds the drive. Source: Haug, Computer Aided
Kinematics and Dynamics of Mechanical Systems, 1989, chapter 6 (Lagrange multipliers and joint reactions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mechlock.errors import InputError, NoVerdict
from mechlock.linkage import velocity
from mechlock.linkage.constraints import Array, Bools, Constraints, NumericJoint
from mechlock.linkage.mechanism import GROUND, Mechanism, PointName
from mechlock.linkage.positions import Mode, Positions, Values
from mechlock.linkage.sharing import completed, rank_is_full


@dataclass(frozen=True)
class JointForce:
    """What one joint transmits, for n load cases.

    Attributes
    ----------
    joint : str
        Its name; ``NAME~pin`` is the pin of a pin in a slot.
    on, by : str
        The force acts on the body `on`, exerted by `by`.
    force : array, shape (n, 2)
        Newton, in ground's frame.
    moment : array, shape (n,)
        N·mm on the body `on` about `at` (zero for a pin).
    at : array, shape (n, 2)
        Where it acts (mm, ground's frame).
    """

    joint: str
    on: str
    by: str
    force: Array
    moment: Array
    at: Array

    def on_body(self, body: str) -> Array:
        """Force on either of the two bodies (N), shape (n, 2)."""
        return self.force if body == self.on else -self.force


@dataclass(frozen=True)
class JointForces:
    """Forces of all joints.

    Attributes
    ----------
    joints : mapping of str to JointForce
        By joint.
    drive_effort : array, shape (n,)
        Torque (N·mm) or force (N) along the drive coordinate with which stop or actuator hold the drive. The load's
        generalised force on the drive is its opposite.
    determinate : bool
        Whether statics alone fixes the forces; else the joints share them as their stiffness, by default equal.
    imbalance : float
        Largest force (N) or moment over the linkage's size (N) that the free-body equations leave, over the largest load.
    """

    joints: Mapping[str, JointForce]
    drive_effort: Array
    determinate: bool
    imbalance: float


def joint_forces(
    mechanism: Mechanism,
    loads: Mapping[PointName, Array],
    *,
    drive: float | Array | None = None,
    mode: Mode | None = None,
    values: Values | None = None,
) -> JointForces:
    """Solve the free-body equations.

    Parameters
    ----------
    mechanism : Mechanism
        The linkage.
    loads : mapping of PointName to array, shape (n, 2)
        Forces on points (N, ground's frame); all with the same n.
    drive : float or array of shape (n,), optional
        Where the drive is held (rad or mm); default: the lock's stop, else the drive's value.
    mode : Mode, optional
        Assembly mode; default: the selected one.
    values : mapping, optional
        Parameters and clearance offsets that differ from nominal.

    Raises
    ------
    InputError
        For a load on an unknown point, or arrays of different lengths.
    NoVerdict
        At a limit of travel, where the forces grow without bound.
    """
    positions = Positions(mechanism, values)
    count = _count(mechanism, loads)
    default = mechanism.lock.drive.nominal if mechanism.lock is not None else positions.drive_value
    where = np.atleast_1d(np.asarray(default if drive is None else drive, dtype=float))
    if len(where) not in {1, count}:
        raise InputError(f"{len(where)} drive positions for {count} loads", mechanism.where, "give one, or one for each load")
    q = positions.at(mode or positions.selected, where)
    if not np.isfinite(q).all():
        raise NoVerdict("the linkage cannot be assembled at a drive position asked for", mechanism.where)
    return reactions(positions, q, loads)


def _count(mechanism: Mechanism, loads: Mapping[PointName, Array]) -> int:
    for point in loads:
        if point.body not in mechanism.bodies or point.point not in mechanism.bodies[point.body].points:
            raise InputError(f"there is no point {point}", mechanism.where, "loads act on named points of bodies")
    counts = {len(force) for force in loads.values()}
    if len(counts) != 1:
        raise InputError("the load arrays have different lengths", mechanism.where, "give each point the same number of cases")
    return counts.pop()


def load_vector(positions: Positions, q: Array, loads: Mapping[PointName, Array]) -> Array:
    """Generalised forces of point loads, shape (n, unknowns)."""
    constraints = positions.constraints
    count = max(len(q), *(len(force) for force in loads.values()))
    vector = np.zeros((count, constraints.unknowns))
    for point, force in loads.items():
        if point.body == GROUND:
            continue
        row = 3 * constraints.bodies.index(point.body)
        arm = constraints.arm(q, row // 3, positions.local_points[point])
        vector[:, row : row + 2] += force
        vector[:, row + 2] += arm[:, 0] * force[:, 1] - arm[:, 1] * force[:, 0]
    return vector


def free_body_matrix(constraints: Constraints, q: Array) -> tuple[Array, Array]:
    """Matrix of the free-body equations, moments divided by a length: (n, unknowns, rows + 1), and the scale of its rows."""
    return transposed(constraints, constraints.jacobian(q))


def transposed(constraints: Constraints, jacobian: Array) -> tuple[Array, Array]:
    """As `free_body_matrix`, from a Jacobian that is known already."""
    scale = np.tile([1.0, 1.0, 1.0 / constraints.size], len(constraints.bodies))
    return np.swapaxes(jacobian, 1, 2) * scale[:, None], scale


def line_of_centres(constraints: Constraints, q: Array, joint: NumericJoint) -> Array:
    """Unit vector from the first to the second centre of two circles that touch, shape (n, 2)."""
    far = next(other for other in constraints.joints if other.name == f"{joint.name}~far")
    gap = constraints.point(q, far.second, far.q) - constraints.point(q, joint.first, joint.p)
    return gap / np.linalg.norm(gap, axis=1)[:, None]


def reactions(positions: Positions, q: Array, loads: Mapping[PointName, Array]) -> JointForces:
    """Solve the free-body equations at given configurations, shape (1, unknowns) or (n, unknowns)."""
    return reactions_under(positions, q, load_vector(positions, q, loads))


def reactions_under(positions: Positions, q: Array, external: Array, *, singular_is_nan: bool = False) -> JointForces:
    """Solve the free-body equations under generalised forces.

    Parameters
    ----------
    q : array, shape (1, unknowns) or (n, unknowns)
        Configurations; NaN rows give NaN forces with `singular_is_nan`.
    external : array, shape (n, unknowns)
        Generalised forces (N, N·mm).
    singular_is_nan : bool
        Whether forces at a limit of travel are NaN instead of refused.

    Raises
    ------
    NoVerdict
        At a limit of travel, where the forces grow without bound.
    """
    constraints = positions.constraints
    fine: Bools = np.array(np.isfinite(q).all(axis=1)) if singular_is_nan else np.ones(len(q), dtype=bool)
    matrix, scale = free_body_matrix(constraints, q)
    full = rank_is_full(np.where(fine[:, None, None], matrix, 0.0), constraints.unknowns)
    if not full.all() and not singular_is_nan:
        raise NoVerdict("the drive is at a limit of travel: joint forces grow without bound there", positions.mechanism.where)
    right = -(external * scale)
    each = full if len(external) == len(q) else slice(None)
    whole, constants = completed(positions, q[full], matrix[full], external[each] * scale)
    padded = np.full((len(right), matrix.shape[2]), np.nan)
    padded[each] = -constants
    if len(q) == 1 and full[0]:
        multipliers = np.asarray(padded @ np.linalg.inv(whole[0]).T, dtype=np.float64)
    else:
        multipliers = np.full((len(right), matrix.shape[2]), np.nan)
        multipliers[full] = np.linalg.solve(whole, padded[full][:, :, None])[:, :, 0]
    left = np.einsum("nij,nj->ni", np.broadcast_to(matrix, (len(multipliers), *matrix.shape[1:])), multipliers) - right
    largest = max(float(np.nanmax(np.abs(right), initial=0.0)), 1e-300)
    effort = multipliers[:, -1] * (1.0 if constraints.sliding else constraints.size)
    imbalance = float(np.nanmax(np.abs(left), initial=0.0) / largest)
    return JointForces(_joints(constraints, q, multipliers), effort, matrix.shape[1] == matrix.shape[2], imbalance)


def _joints(constraints: Constraints, q: Array, multipliers: Array) -> dict[str, JointForce]:
    names = ("ground", *constraints.bodies)
    found: dict[str, JointForce] = {}
    for index, joint in enumerate(constraints.joints):
        pair = multipliers[:, 2 * index : 2 * index + 2]
        at = np.broadcast_to(constraints.point(q, joint.second, joint.q), (len(pair), 2))
        force, moment = pair, np.zeros(len(pair))
        if not joint.revolute:
            along, across = constraints.axes(q, joint)
            force, moment = pair[:, :1] * across, pair[:, 1] * constraints.size
            if index == constraints.drive and constraints.sliding:
                force = force + multipliers[:, -1:] * along
        elif index == constraints.drive:
            moment = multipliers[:, -1] * constraints.size
        found[joint.name] = JointForce(joint.name, names[joint.second + 1], names[joint.first + 1], force, moment, at)
    return found


def lever(positions: Positions, q: Array, point: PointName, direction: Array) -> Array:
    """Generalised force on the drive per newton of load, by virtual work: f . dP/d(drive), shape (n,).

    Parameters
    ----------
    direction : array, shape (n,)
        Direction of the load (rad, ground's frame).
    """
    constraints = positions.constraints
    v = velocity.rates(constraints, q)
    moved = constraints.velocity(q, v, constraints.bodies.index(point.body), positions.local_points[point])
    return np.cos(direction) * moved[:, 0] + np.sin(direction) * moved[:, 1]
