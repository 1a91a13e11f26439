"""Masses, centres and inertias of a lock's bodies from its parts, for the motion of its linkage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import sympy as sp

from mechlock.linkage.actions import Actions, MassProperties
from mechlock.linkage.mechanism import Mechanism
from mechlock.solids.lock import Lock


def with_part_masses(lock: Lock) -> Mechanism:
    """Return the lock's linkage with the mass of every moving body from its parts, its pins among them.

    Inertias about the centre by Steiner's theorem, from the parts' own (t·mm²).
    """
    masses: dict[str, MassProperties] = {}
    for body in lock.mechanism.moving:
        own = [lock.mass_properties(part) for part in lock.parts if part.body == body]
        if not own:
            continue
        mass = sum(part.mass for part in own)
        places = np.array([part.centre[:2] for part in own])
        centre = sum((part.mass * place for part, place in zip(own, places, strict=True)), np.zeros(2)) / mass
        inertia = sum(
            float(part.inertia[2, 2]) + part.mass * float(np.sum((place - centre) ** 2))
            for part, place in zip(own, places, strict=True)
        )
        masses[body] = MassProperties(mass, (sp.Float(float(centre[0])), sp.Float(float(centre[1]))), inertia)
    actions = lock.mechanism.actions or Actions()
    return replace(lock.mechanism, actions=replace(actions, masses=masses))
