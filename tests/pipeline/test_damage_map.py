"""The damage of toes reaches the nodes of their own wall, the largest where toes share one."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mechlock.pipeline.damage_map import damage_map


def test_each_toe_marks_the_nearest_nodes_of_its_wall() -> None:
    points = np.array([[float(x), 0.0, 0.0] for x in range(6)])
    # nodes 0..5 belong to wall 0, nodes 3..5 to wall 1 as well
    node, region = np.array([0, 1, 2, 3, 4, 5, 3, 4, 5]), np.array([0] * 6 + [1] * 3)
    toes = SimpleNamespace(
        groups=np.array([0, 0, 1, 1]), toes=SimpleNamespace(point=np.array([[0.4, 0, 0], [0.6, 0, 0], [9.0, 9, 9], [3.4, 0, 0]]))
    )
    analysis: Any = SimpleNamespace(
        recovery=SimpleNamespace(node=node, region=region), toes=toes, tensor=SimpleNamespace(mesh=SimpleNamespace(points=points))
    )
    life = SimpleNamespace(yearly=np.array([0.01, 0.02, 0.04]))
    found: Any = SimpleNamespace(toes=np.array([0, 1, 3]), life=life, duty=SimpleNamespace(years=8.0), scatter_factor=3.0)
    damage = damage_map(analysis, found).arrays["damage"] / 24.0
    assert damage == pytest.approx([0.02, 0.02, 0.0, 0.0, 0.0, 0.0, 0.04, 0.04, 0.0])
    assert damage_map(analysis, found).arrays["log10_damage"].min() == -6.0
