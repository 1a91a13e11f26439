"""What each claim needs of a linkage file, asked for at the door."""

from __future__ import annotations

from mechlock.errors import InputError
from mechlock.inputs.linkage import LinkageSource, Lock, Positive
from mechlock.inputs.linkage import Release as ReleaseTable
from mechlock.proof.verify import Linkage

STOP = 'write "increasing" or "decreasing"'


def require(claim: str, linkage: Linkage, source: LinkageSource) -> None:
    """Refuse a claim whose tables are missing from the file.

    Raises
    ------
    InputError
        With the key.
    """
    lock, where = source.file.lock, f"{source.where}: lock"
    assert lock is not None
    if claim in ("over_centre", "release", "stays_shut") and lock.stop is None:
        raise InputError(f"{claim} needs the stop", f"{where}.stop", STOP)
    if claim in ("over_centre", "friction", "clamp", "stays_shut", "can_hold") and not lock.loads:
        raise InputError(f"{claim} needs at least one load", f"{where}.loads", "add a [[lock.loads]] table")
    if claim in ("friction", "positive", "can_hold") and not linkage.opens:
        mend = 'add stop, or release = "increasing" or "decreasing"'
        raise InputError(f"{claim} needs the direction in which the drive opens", f"{where}.release", mend)
    if claim in ("clamp", "stays_shut") and lock.clamp is None:
        raise InputError(f"{claim} needs the clamp", f"{where}.clamp", "add [lock.clamp] with stiffness and interference")
    if claim == "over_centre" and linkage.base and not any(linkage.masses.values()):
        mend = "give the bodies their mass and centre"
        raise InputError("an accelerating base needs masses", f"{where}.base_acceleration", mend)
    if claim == "release":
        _release(lock, where)
    if claim == "positive":
        _positive(lock.positive, source)
    if claim == "stays_shut":
        _shock(lock, source)


def _release(lock: Lock, where: str) -> None:
    table = lock.release if isinstance(lock.release, ReleaseTable) else None
    if table is None or not table.loads:
        mend = "add [lock.release] with loads"
        raise InputError("release needs the loads under which the lock must open", f"{where}.release", mend)
    if table.max_force is None and table.max_torque is None:
        mend = "add max_torque, or max_force for a sliding drive"
        raise InputError("release needs the actuator's limit", f"{where}.release", mend)


def _positive(table: Positive | None, source: LinkageSource) -> None:
    key = f"{source.where}: lock.positive"
    if table is None:
        raise InputError("positive needs the tooth and the face", key, "add [lock.positive]")
    for name, (body, point) in (("point", (table.body, table.point)), ("against", tuple(table.against.split(".")))):
        if body not in source.file.bodies or point not in source.file.bodies[body].points:
            raise InputError(f"there is no point {body}.{point}", f"{key}.{name}", "name a body and one of its points")


def _shock(lock: Lock, source: LinkageSource) -> None:
    if lock.shock is None:
        mend = "add [lock.shock] with velocity_change"
        raise InputError("stays_shut needs the shock", f"{source.where}: lock.shock", mend)
    for name, body in source.file.bodies.items():
        if name != "ground" and body.mass <= 0.0:
            raise InputError("stays_shut needs the mass of every moving body", f"{source.where}: bodies.{name}.mass", "add it")
