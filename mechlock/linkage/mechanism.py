"""The one representation of a planar mechanism: rigid bodies with named points, lower pairs between them, one drive.

Built from a linkage file, with every coordinate a SymPy expression in the file's parameters. A pin in a slot is a prismatic
and a revolute joint with a virtual block between them, so that the solvers know two joint kinds only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import sympy as sp

from mechlock.inputs.parameters import Parameter

if TYPE_CHECKING:
    from mechlock.linkage.actions import Actions

GROUND = "ground"

JointKind = Literal["revolute", "prismatic"]
Vector = tuple[sp.Expr, sp.Expr]


@dataclass(frozen=True)
class PointName:
    """A named point of a body."""

    body: str
    point: str

    def __str__(self) -> str:
        return f"{self.body}.{self.point}"


@dataclass(frozen=True)
class Body:
    """A rigid body.

    Attributes
    ----------
    name : str
        Its name; ``ground`` is the fixed one.
    points : mapping of str to (x, y)
        Coordinates in the body's own frame (mm), expressions in parameters.
    virtual : bool
        Whether it only stands for the pin of a pin-in-slot joint.
    """

    name: str
    points: Mapping[str, Vector]
    virtual: bool = False


@dataclass(frozen=True)
class Contact:
    """A one-sided contact that a joint stands for.

    Attributes
    ----------
    kind : {"face", "disc", "circles"}
        Face on face (wedge), disc of the second body on a face of the first (eccentric), circle on circle (cam).
    side : int
        +1 where the second body is left of the face's axis; for circles +1 outside each other, -1 one inside the other.
    radii : (expression, expression)
        Of the circles on the first and second body (mm); the disc's is the second.
    """

    kind: Literal["face", "disc", "circles"]
    side: Literal[-1, 1]
    radii: tuple[sp.Expr, sp.Expr] = (sp.S.Zero, sp.S.Zero)


@dataclass(frozen=True)
class Joint:
    """A revolute or prismatic joint.

    A revolute joint holds ``second = first + offset``, where the offset is the play of the pin in ground's frame, or zero.
    A prismatic joint holds ``second = first + travel * direction`` and ``angle(second) = angle(first) + angle``, where
    the direction stands at `axis` in the first body's frame.

    Attributes
    ----------
    name : str
        As in the file; the two halves of a pin in a slot or of an eccentric are ``NAME`` (prismatic) and ``NAME~pin``
        (revolute), those of a cam ``NAME`` and ``NAME~far`` (both revolute, on a virtual link between the circles' centres).
    kind : {"revolute", "prismatic"}
        What it allows.
    first, second : PointName
        The points it joins.
    axis, angle : sympy.Expr
        Only for prismatic joints (rad).
    offset : (dx, dy)
        SymPy symbols ``dx_NAME``, ``dy_NAME`` (mm) where the joint has a clearance, else zeros.
    clearance : float
        Radial clearance (mm): the offset stays in the disc of this radius.
    pin_radius : float or None
        Radius on which friction acts (mm).
    friction : sympy.Expr or None
        Coefficient of friction, an expression in parameters.
    written_as : str
        The name in the file.
    contact : Contact or None
        Where it stands for a contact that can only press.
    stiffness : float or None
        Force per give (N/mm): how redundant joints share a load; infinite for the second half of a joint written as one.
    rotational_stiffness : float or None
        Couple per turn of a slide (N·mm/rad).
    misfit : (x, y)
        How far the second point stands from the first in the first body's frame when the joint is taken apart and the others fit
        (mm); of a slide, across its axis. What redundant joints lock in.
    """

    name: str
    kind: JointKind
    first: PointName
    second: PointName
    axis: sp.Expr = sp.S.Zero
    angle: sp.Expr = sp.S.Zero
    offset: Vector = (sp.S.Zero, sp.S.Zero)
    clearance: float = 0.0
    pin_radius: float | None = None
    friction: sp.Expr | None = None
    written_as: str = ""
    contact: Contact | None = None
    stiffness: float | None = None
    rotational_stiffness: float | None = None
    misfit: tuple[float, float] = (0.0, 0.0)

    @property
    def bodies(self) -> tuple[str, str]:
        """Names of the first and the second body."""
        return self.first.body, self.second.body

    def other(self, body: str) -> str:
        """Return the body at the other end."""
        return self.second.body if body == self.first.body else self.first.body


@dataclass(frozen=True)
class Drive:
    """The input coordinate.

    Attributes
    ----------
    joint : str
        Name of the driven joint.
    symbol : sympy.Symbol
        The drive coordinate: second body's angle minus the first's (rad), or travel along the axis (mm).
    sliding : bool
        Whether it is a travel.
    value : sympy.Expr
        Where the file puts it.
    rate, acceleration : float or None
        Its derivatives by time (rad/s or mm/s, and per second again), where given.
    """

    joint: str
    symbol: sp.Symbol
    sliding: bool
    value: sp.Expr
    rate: float | None = None
    acceleration: float | None = None


@dataclass(frozen=True)
class Load:
    """A force of uncertain size and direction on a point of a body (N, rad in ground's frame)."""

    name: str
    at: PointName
    magnitude: Parameter
    direction: Parameter


@dataclass(frozen=True)
class Release:
    """What the actuator has: loads it must open under, its greatest torque (N·mm) or force (N), and which way opens."""

    loads: tuple[str, ...]
    effort: float | None
    opens: Literal[-1, 1] | None


@dataclass(frozen=True)
class Clamp:
    """Stiffness (N/mm) and interference (mm) that make the clamp force."""

    stiffness: Parameter
    interference: Parameter
    adjusted: bool


@dataclass(frozen=True)
class Lock:
    """The locked state.

    Attributes
    ----------
    claims : tuple of str
        Which must hold.
    drive : Parameter
        Where the stop sits (rad or mm).
    stop : int or None
        +1 when the stop blocks the drive from increasing, -1 from decreasing.
    locked : (low, high)
        The interval of the drive coordinate that the claims cover: from `locked_from` to the stop's far end.
    loads : tuple of Load
        The loads it must hold.
    release, clamp : Release, Clamp or None
        Data for those claims.
    """

    claims: tuple[str, ...]
    drive: Parameter
    stop: Literal[-1, 1] | None
    locked: tuple[float, float]
    loads: tuple[Load, ...]
    release: Release | None
    clamp: Clamp | None

    def load(self, name: str) -> Load:
        """Return the load called `name`."""
        return next(load for load in self.loads if load.name == name)


@dataclass(frozen=True)
class Mechanism:
    """A planar mechanism with one drive.

    Attributes
    ----------
    name : str
        Title of the file.
    bodies : mapping of str to Body
        In the file's order, virtual blocks last.
    joints : tuple of Joint
        Revolute and prismatic ones.
    drive : Drive
        The input.
    assembly : mapping of str to float
        Rough body angles (rad) that single out one assembly mode.
    parameters : mapping of str to Parameter
        With nominal value and interval.
    lock : Lock or None
        The locked state.
    where : str
        The file, for messages.
    actions : Actions or None
        Masses, gravity, springs, forces, actuators and stops, where the file names any.
    about : str
        What the file says of it in words.
    """

    name: str
    bodies: Mapping[str, Body]
    joints: tuple[Joint, ...]
    drive: Drive
    assembly: Mapping[str, float]
    parameters: Mapping[str, Parameter]
    lock: Lock | None
    where: str
    actions: Actions | None = None
    about: str = ""

    @property
    def moving(self) -> tuple[str, ...]:
        """Names of all bodies but ground."""
        return tuple(name for name in self.bodies if name != GROUND)

    def joint(self, name: str) -> Joint:
        """Return the joint called `name`."""
        return next(joint for joint in self.joints if joint.name == name)

    def local(self, at: PointName) -> Vector:
        """Coordinates of a point in its body's own frame, as expressions."""
        return self.bodies[at.body].points[at.point]

    def nominal(self) -> dict[sp.Symbol, float]:
        """Nominal value of every parameter symbol, and zero for every clearance offset."""
        values = {sp.Symbol(name, real=True): parameter.nominal for name, parameter in self.parameters.items()}
        for joint in self.joints:
            values.update({symbol: 0.0 for symbol in joint.offset if isinstance(symbol, sp.Symbol)})
        return values

    @property
    def offsets(self) -> dict[str, tuple[sp.Symbol, sp.Symbol, float]]:
        """Clearance offsets by joint: the two symbols and the radius of the disc they stay in (mm)."""
        found: dict[str, tuple[sp.Symbol, sp.Symbol, float]] = {}
        for joint in self.joints:
            dx, dy = joint.offset
            if isinstance(dx, sp.Symbol) and isinstance(dy, sp.Symbol):
                found[joint.name] = (dx, dy, joint.clearance)
        return found
