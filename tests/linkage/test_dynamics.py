"""Motion in time against pendulums, sliding blocks, oscillators, energy, and exudyn where it is installed."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest
from scipy.special import ellipk

from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.linkage.dynamics import BaseMotion, integrate
from mechlock.linkage.dynamics_record import verdict
from mechlock.linkage.motion import Motion
from mechlock.linkage.positions import Positions
from mechlock.resources import folder

G = 9806.65
STILL = BaseMotion(np.array([0.0, 1.0]), np.zeros((2, 2)))


def moved(mechanism, end, base=STILL, **more):
    positions = Positions(mechanism)
    return integrate(Motion(positions, positions.selected), base, end, **more)


def pendulum(parts, start="30 deg", stops=(), **joint):
    bodies = {"ground": {"O": parts.mm(0, 0)}, "arm": {"O": parts.mm(0, 0), "T": parts.mm(200, 0)}}
    values = parts.data(bodies, [parts.pin("O", "ground.O", "arm.O", **joint)], {"joint": "O", "value": start})
    values["bodies"]["arm"] |= {"mass": "2 kg", "centre": parts.mm(150, 0), "inertia": "0.01 kg*m**2"}
    values["gravity"] = {"magnitude": "1 g", "direction": "-90 deg"}
    values["stops"] = list(stops)
    return values


def block(parts, mu=0.3):
    """A block of 1 kg on a level slide, pressed down by its weight."""
    bodies = {"ground": {"O": parts.mm(0, 0)}, "block": {"B": parts.mm(0, 0)}}
    values = parts.data(bodies, [parts.slide("way", "ground.O", "block.B") | {"friction": mu}], {"joint": "way", "value": "0 mm"})
    values["bodies"]["block"] |= {"mass": "1 kg"}
    values["gravity"] = {"magnitude": "1 g", "direction": "-90 deg"}
    return values


def rectangle(size, duration, angle=0.0):
    along = np.array([np.cos(angle), np.sin(angle)])
    time = np.array([0.0, duration])
    return BaseMotion(
        time, np.array([size, size])[:, None] * along, lambda at: np.where(at < duration, size, 0.0)[:, None] * along
    )


def test_a_pendulum_swings_with_its_elliptic_period(make, parts):
    """From 60 degrees off the vertical; half a period takes it to the other side."""
    mechanism = make(pendulum(parts, "-30 deg"))
    about = 10.0 + 0.002 * 150.0**2
    period = 4.0 * np.sqrt(about / (0.002 * G * 150.0)) * ellipk(np.sin(np.radians(30.0)) ** 2)
    found = moved(mechanism, period / 2)
    assert np.degrees(found.drive[-1]) == pytest.approx(-150.0, abs=1e-4)
    assert abs(found.rate[-1]) < 1e-4
    assert found.balance_error < 1e-7


def test_a_stop_gives_back_its_share_of_the_speed(make, parts):
    stops = [{"at": "-90 deg", "blocks": "decreasing", "restitution": 0.6}]
    found = moved(make(pendulum(parts, "0 deg", stops)), 1.5)
    about = 10.0 + 0.002 * 150.0**2
    first = np.sqrt(2.0 * 0.002 * G * 150.0 / about)
    assert found.impacts[0].speed == pytest.approx(-first, rel=1e-6)
    assert found.impacts[0].loss == pytest.approx(0.5 * about * first**2 * (1.0 - 0.36), rel=1e-6)
    assert found.impacts[1].speed == pytest.approx(-0.6 * first, rel=1e-5)
    assert found.drive.min() >= np.radians(-90.0) - 1e-9
    assert found.balance_error < 1e-6


def test_a_blocked_drive_rests_on_its_stop(make, parts):
    stops = [{"at": "-60 deg", "blocks": "decreasing"}]
    found = moved(make(pendulum(parts, "0 deg", stops)), 1.0)
    assert len(found.impacts) == 1
    assert found.phase[-1] == "stop"
    assert found.drive[-1] == np.radians(-60.0)


@pytest.mark.parametrize("size", [0.5, 1.5, 3.0])
def test_a_block_slips_when_the_ground_moves_faster_than_friction_can(make, parts, size):
    """Way and time of slipping under a rectangular pulse, from the two constant accelerations."""
    mu, duration = 0.3, 0.02
    found = moved(make(block(parts, mu)), 0.5, rectangle(size * G, duration))
    slip = max(size - mu, 0.0) * G * duration
    way = 0.5 * slip * duration + (0.5 * slip**2 / (mu * G) if slip > 0.0 else 0.0)
    # relative speed: gained while the pulse lasts, lost at mu g afterwards
    assert found.drive[-1] == pytest.approx(-way, rel=1e-6, abs=1e-12)
    assert found.phase[-1] == "stuck"
    assert found.friction_work[-1] == pytest.approx(-mu * 0.001 * G * way, rel=1e-6, abs=1e-12)


def test_a_block_stays_where_friction_is_enough(make, parts):
    found = moved(make(block(parts, 0.3)), 0.1, rectangle(0.29 * G, 0.02))
    assert set(found.phase) == {"stuck"}
    assert np.all(found.drive == 0.0)


def test_a_spring_and_a_damper_make_the_oscillator(make, parts):
    values = block(parts, 0.0)
    values["bodies"]["ground"]["points"]["W"] = parts.mm(-300, 0)
    rate, damping, m = 4.0, 0.01, 0.001
    values["springs"] = [
        {
            "name": "s",
            "of": ["ground.W", "block.B"],
            "free_length": "290 mm",
            "rate": f"{rate} N/mm",
            "damping": f"{damping} N*s/mm",
        }
    ]
    found = moved(make(values), 0.1)
    omega, zeta = np.sqrt(rate / m), damping / (2 * np.sqrt(rate * m))
    wd = omega * np.sqrt(1 - zeta**2)
    t = found.time
    expected = -10.0 + 10.0 * np.exp(-zeta * omega * t) * (np.cos(wd * t) + zeta * omega / wd * np.sin(wd * t))
    assert found.drive == pytest.approx(expected, abs=1e-5)
    assert found.balance_error < 1e-6


def shaken_four_bar(parts, mu=0.0):
    values = parts.four_bar(40.0, 120.0, 80.0, 100.0, 50.0)
    weights = {"crank": (2.0, [20.0, 3.0], 0.001), "coupler": (1.0, [60.0, 10.0], 0.003), "rocker": (3.0, [30.0, -5.0], 0.002)}
    for body, (mass, centre, inertia) in weights.items():
        values["bodies"][body] |= {"mass": f"{mass} kg", "centre": parts.mm(*centre), "inertia": f"{inertia} kg*m**2"}
    values["bodies"]["ground"]["points"]["W"] = parts.mm(-60.0, 30.0)
    values["gravity"] = {"magnitude": "1 g", "direction": "-90 deg"}
    values["springs"] = [{"name": "r", "of": ["ground.W", "rocker.B"], "free_length": "150 mm", "rate": "5 N/mm"}]
    for joint in values["joints"] if mu else []:
        joint |= {"pin_radius": "8 mm", "friction": mu}
    return values


def half_sine(peak, duration, angle):
    along = np.array([np.cos(angle), np.sin(angle)])
    time = np.linspace(0.0, duration, 101)

    def smooth(at):
        return np.where(at <= duration, peak * np.sin(np.pi * np.clip(at / duration, 0.0, 1.0)), 0.0)[:, None] * along

    return BaseMotion(time, smooth(time), smooth)


@pytest.mark.parametrize("mu", [0.0, 0.1])
def test_energy_balances_under_a_shock(make, parts, mu):
    found = moved(make(shaken_four_bar(parts, mu)), 0.03, half_sine(30 * G, 0.006, 1.0))
    assert found.balance_error < 1e-6
    assert found.base_work[-1] != 0.0
    assert (found.friction_work[-1] < 0.0) == (mu > 0.0)


EXUDYN = importlib.util.find_spec("exudyn") is None


@pytest.mark.skipif(EXUDYN, reason="exudyn is not installed (extra `oracle`)")
def test_a_shaken_four_bar_moves_as_exudyn_says(make, parts):
    """The same bodies as redundant coordinates with constraints, integrated by generalised-alpha; ground's shock as a force."""
    import exudyn as exu
    from exudyn.itemInterface import (
        LoadForceVector,
        MarkerBodyPosition,
        NodeRigidBody2D,
        ObjectConnectorSpringDamper,
        ObjectGround,
        ObjectJointRevolute2D,
        ObjectRigidBody2D,
    )

    mechanism = make(shaken_four_bar(parts))
    peak, duration, angle, end = 30 * G, 0.006, 1.0, 0.02
    own = moved(mechanism, end, half_sine(peak, duration, angle))
    positions = Positions(mechanism)
    q = positions.at(positions.selected, own.drive[:1])[0]
    system = exu.SystemContainer()
    mbs = system.AddSystem()
    ground = mbs.AddObject(ObjectGround())
    centres = {"crank": (20.0, 3.0), "coupler": (60.0, 10.0), "rocker": (30.0, -5.0)}
    weights = {"crank": (0.002, 1.0), "coupler": (0.001, 3.0), "rocker": (0.003, 2.0)}
    bodies, nodes = {}, {}
    along = np.array([np.cos(angle), np.sin(angle), 0.0])

    def force(_mbs, t, load):
        size = load[2]
        shake = peak * np.sin(np.pi * t / duration) if t <= duration else 0.0
        return list(-size * shake * along + np.array([0.0, -size * G, 0.0]))

    for i, (body, (mass, inertia)) in enumerate(weights.items()):
        x, y, turn = q[3 * i : 3 * i + 3]
        c, s = np.cos(turn), np.sin(turn)
        cx, cy = centres[body]
        nodes[body] = mbs.AddNode(NodeRigidBody2D(referenceCoordinates=[x + c * cx - s * cy, y + s * cx + c * cy, turn]))
        bodies[body] = mbs.AddObject(ObjectRigidBody2D(mass=mass, inertia=inertia, nodeNumber=nodes[body]))
        marker = mbs.AddMarker(MarkerBodyPosition(bodyNumber=bodies[body], localPosition=[0, 0, 0]))
        mbs.AddLoad(LoadForceVector(markerNumber=marker, loadVector=[0.0, 0.0, mass], loadVectorUserFunction=force))

    def at(body, point):
        if body == "ground":
            return mbs.AddMarker(MarkerBodyPosition(bodyNumber=ground, localPosition=[*point, 0.0]))
        local = [point[0] - centres[body][0], point[1] - centres[body][1], 0.0]
        return mbs.AddMarker(MarkerBodyPosition(bodyNumber=bodies[body], localPosition=local))

    for one, two in (
        (("ground", (0, 0)), ("crank", (0, 0))), (("crank", (40, 0)), ("coupler", (0, 0))),
        (("coupler", (120, 0)), ("rocker", (80, 0))), (("ground", (100, 0)), ("rocker", (0, 0))),
    ):  # fmt: skip
        mbs.AddObject(ObjectJointRevolute2D(markerNumbers=[at(*one), at(*two)]))
    ends = [at("ground", (-60, 30)), at("rocker", (80, 0))]
    mbs.AddObject(ObjectConnectorSpringDamper(markerNumbers=ends, stiffness=5.0, damping=0.0, referenceLength=150.0))
    mbs.Assemble()
    settings = exu.SimulationSettings()
    settings.timeIntegration.numberOfSteps = 8000
    settings.timeIntegration.endTime = end
    settings.timeIntegration.verboseMode = 0
    settings.solution.file.write = False
    settings.timeIntegration.generalizedAlpha.spectralRadius = 1.0
    settings.timeIntegration.newton.relativeTolerance = 1e-10
    mbs.SolveDynamic(settings)
    turned = mbs.GetNodeOutput(nodes["crank"], exu.OutputVariableType.Coordinates)[2]
    speed = mbs.GetNodeOutput(nodes["crank"], exu.OutputVariableType.Coordinates_t)[2]
    assert turned == pytest.approx(own.drive[-1] - own.drive[0], rel=1e-4)
    assert speed == pytest.approx(own.rate[-1], rel=1e-3)


def test_a_lock_without_masses_is_refused(make, parts):
    values = parts.four_bar(40.0, 120.0, 80.0, 100.0, 50.0)
    positions = Positions(make(values))
    with pytest.raises(InputError, match="mass"):
        Motion(positions, positions.selected)


def test_a_start_beyond_the_stop_is_refused(make, parts):
    stops = [{"at": "-90 deg", "blocks": "decreasing"}]
    with pytest.raises(InputError, match="beyond its stop"):
        moved(make(pendulum(parts, "0 deg", stops)), 0.1, drive=-2.0)


def lock(make, mass):
    import tomllib

    from mechlock.inputs.linkage import linkage_from_data
    from mechlock.linkage.semantics import build

    data = tomllib.loads((folder("geometry") / "locks" / "var_i_fourbar.toml").read_text(encoding="utf-8"))
    data["bodies"]["hook"] |= {"mass": mass, "centre": ["20 mm", "-30 mm"], "inertia": "0.03 kg*m**2"}
    data["bodies"]["crank"] |= {"mass": "1 kg", "centre": ["25 mm", "0 mm"], "inertia": "0.001 kg*m**2"}
    return build(linkage_from_data(data, "lock.toml"))


def test_a_lock_opens_when_shaken_hard_enough_the_wrong_way(make):
    mechanism = lock(make, "6 kg")
    held = moved(mechanism, 0.01, half_sine(5 * G, 0.006, np.pi))
    assert verdict(held, Positions(mechanism)).stays_shut is True
    opened = moved(mechanism, 0.012, half_sine(400 * G, 0.006, np.radians(270.0)))
    judged = verdict(opened, Positions(mechanism))
    assert judged.stays_shut is (judged.opening < judged.limit)
    assert judged.limit == pytest.approx(np.radians(4.268), abs=1e-4)


def test_the_command_says_whether_it_stays_shut(capsys, tmp_path):
    locks = folder("geometry") / "locks"
    words = ["dynamics", str(locks / "reference.toml"), "--parts", str(locks / "reference_parts.toml"), "--json", "--quiet"]
    pulse = ["--duration", "6 ms", "--until", "8 ms", "--plot", str(tmp_path / "motion.svg")]
    assert run([*words, "--peak", "50 g", "--load", "service", *pulse]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["stays_shut"] is True
    assert record["greatest_opening_deg"] == 0.0
    assert (tmp_path / "motion.svg").read_bytes().startswith(b"<?xml")
    assert run([*words[:2], "--peak", "50 g", "--duration", "6 ms"]) == 2
    assert "mass" in capsys.readouterr().err
    assert run([*words, "--peak", "50 g"]) == 2
    assert "duration" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "match"), [("0,1\n1,2\n", "not a history"), ("0,1,2\n0,1,2\n", "increase"), ("t,x,y\n0,1,2\nx,1,2\n", "numbers")]
)
def test_histories_that_are_none(tmp_path, capsys, text, match):
    path = tmp_path / "shock.csv"
    path.write_text(text, encoding="utf-8")
    locks = folder("geometry") / "locks"
    assert run(["dynamics", str(locks / "reference.toml"), "--history", str(path)]) == 2
    assert match in capsys.readouterr().err


@pytest.mark.parametrize(("angle", "code"), [("-90 deg", 3), ("90 deg", 0)])
def test_a_contact_that_lifts_off_gives_no_verdict(capsys, angle, code):
    """Ground that falls away faster than the plunger leaves the cam; ground that rises presses it on."""
    path = str(folder("geometry") / "locks" / "eccentric_cam.toml")
    words = ["--peak", "20 g", "--duration", "4 ms", "--direction", angle, "--json", "--quiet"]
    assert run(["dynamics", path, *words]) == code
    record = json.loads(capsys.readouterr().out)
    assert (record["stays_shut"] is None) == (code == 3)
    assert list(record["lift_off_s"]) == (["touch"] if code == 3 else [])
    assert run(["dynamics", path, "--load", "clamp", *words]) == 0


def test_a_resting_lock_feels_the_whole_shock():
    """A pinned arm held by its stop: the pin carries weight times the pulse's peak, though nothing moves."""
    found = moved(_held_arm(), 0.02, half_sine(50 * G, 0.006, np.radians(90.0)))
    assert set(found.phase) == {"stop"}
    # the stop gives a torque alone, so the pin carries all of the arm's inertia
    assert found.joints["O"].max() == pytest.approx(0.002 * 51 * G, rel=1e-4)


def _held_arm():
    from mechlock.inputs.linkage import linkage_from_data
    from mechlock.linkage.semantics import build

    data = {
        "format": "mechlock-linkage/1",
        "bodies": {
            "ground": {"points": {"O": ["0 mm", "0 mm"]}},
            "arm": {"points": {"O": ["0 mm", "0 mm"]}, "mass": "2 kg", "centre": ["150 mm", "0 mm"], "inertia": "0.01 kg*m**2"},
        },
        "joints": [{"name": "O", "type": "revolute", "of": ["ground.O", "arm.O"]}],
        "drive": {"joint": "O", "value": "0 deg"},
        "gravity": {"magnitude": "1 g", "direction": "-90 deg"},
        "stops": [{"at": "0 deg", "blocks": "decreasing"}],
    }
    return build(linkage_from_data(data, "arm.toml"))
