"""Dead centres, limits and change points: none missed between samples, each to machine precision."""

from __future__ import annotations

import numpy as np
import pytest

from mechlock.linkage import standstill
from mechlock.linkage.dead_centre import landmarks
from mechlock.linkage.positions import Positions

A, B, C, D = 40.0, 120.0, 80.0, 100.0


def found(mechanism):
    positions = Positions(mechanism)
    return landmarks(positions, positions.selected)


def toggle_behind_a_rocker(parts, beyond):
    """The rocker of a four-bar pushes a slider whose line it reaches `beyond` (rad) past the rocker's own dead centre."""
    data = parts.four_bar(A, B, C, D, 40.0, assembly={"coupler": "20 deg", "rocker": "57 deg"})
    top = rocker_angle(crank_at_dead_centre()) + beyond
    data["bodies"]["rod"] = {"points": {"B": parts.mm(0, 0), "S": parts.mm(150, 0)}}
    data["bodies"]["slider"] = {"points": {"S": parts.mm(0, 0)}}
    data["joints"] += [parts.pin("B2", "rocker.B", "rod.B"), parts.pin("S", "rod.S", "slider.S")]
    data["joints"].append(parts.slide("line", "ground.O4", "slider.S", f"{float(np.degrees(top))!r} deg"))
    return data, top


def crank_at_dead_centre():
    """Crank and coupler in line, the rocker at its least angle."""
    return float(np.arccos(((A + B) ** 2 + D**2 - C**2) / (2 * (A + B) * D)))


def rocker_angle(crank):
    pin = A * np.exp(1j * crank)
    reach = D - pin
    foot = np.arccos((C**2 + abs(reach) ** 2 - B**2) / (2 * C * abs(reach)))
    return float(np.angle(-reach)) - foot


def cranks_at(rocker, near):
    """Both cranks at which the rocker stands at an angle, on either side of `near`, from the other side of the loop."""
    pin = D + C * np.exp(1j * rocker)
    half = np.arccos((A**2 + abs(pin) ** 2 - B**2) / (2 * A * abs(pin)))
    return sorted(near + np.angle(np.exp(1j * (np.angle(pin) + sign * half - near))) for sign in (1.0, -1.0))


@pytest.mark.parametrize("beyond", [1e-3, 1e-6])
def test_three_dead_centres_closer_than_any_sample(make, parts, beyond):
    """The slider stands still where the rocker is in line with it, before and behind the rocker's own dead centre."""
    data, top = toggle_behind_a_rocker(parts, beyond)
    middle = crank_at_dead_centre()
    around = found(make(data))
    assert around.proved
    own = [c.drive for c in around.centres if c.body == "slider" and abs(c.drive - middle) < 0.2]
    left, right = cranks_at(top, middle)
    assert right - left < (2 * np.pi / 1441 if beyond < 1e-5 else 0.2)
    assert own == pytest.approx([left, middle, right], abs=3e-13 / (right - left))  # where the rocker turns, angles are flat
    assert [c.drive for c in around.centres if c.body == "rocker" and abs(c.drive - middle) < 0.2] == pytest.approx([middle])


def test_a_slider_in_line_with_its_crank_stands_still_twice(make, parts):
    bodies = {
        "ground": {"O": parts.mm(0, 0)},
        "crank": {"O": parts.mm(0, 0), "A": parts.mm(50, 0)},
        "rod": {"A": parts.mm(0, 0), "B": parts.mm(200, 0)},
        "slider": {"B": parts.mm(0, 0)},
    }
    joints = [parts.pin("O", "ground.O", "crank.O"), parts.pin("A", "crank.A", "rod.A"), parts.pin("B", "rod.B", "slider.B")]
    joints.append(parts.slide("s", "ground.O", "slider.B"))
    around = found(make(parts.data(bodies, joints, {"joint": "O", "value": "60 deg"}, assembly={"rod": "-10 deg"})))
    assert around.proved
    assert [c.drive for c in around.centres] == pytest.approx([0.0, np.pi], abs=1e-15)


def test_a_parallelogram_with_a_third_crank_has_change_points_and_no_dead_centre(make, parts):
    data = parts.four_bar(50.0, 100.0, 50.0, 100.0, 35.0, assembly={"coupler": "0 deg"})
    data["bodies"]["coupler"]["points"]["M"] = parts.mm(40, 0)
    data["bodies"]["ground"]["points"]["M"] = parts.mm(40, 0)
    data["bodies"]["third"] = {"points": {"O": parts.mm(0, 0), "M": parts.mm(50, 0)}}
    data["joints"] += [parts.pin("M", "coupler.M", "third.M"), parts.pin("O6", "third.O", "ground.M")]
    around = found(make(data))
    assert around.centres == ()
    assert around.change_points == pytest.approx([0.0, np.pi], abs=1e-9)


def test_a_search_cut_short_is_not_called_proved(make, parts, monkeypatch):
    monkeypatch.setattr(standstill, "ARCS", 100)
    assert not found(make(parts.four_bar(A, B, C, D, 40.0))).proved
