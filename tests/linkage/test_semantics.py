"""Linkages that make no sense end in one message that names the key."""

from __future__ import annotations

import pickle

import pytest

from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.mechanism import PointName
from mechlock.resources import folder


def spring(first, second):
    return {"name": "s", "of": [first, second], "free_length": "50 mm", "rate": "5 N/mm"}


@pytest.fixture
def base(parts):
    data = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0, assembly={"coupler": "20 deg"})
    data["parameters"] = {"mu": {"range": [-0.05, 0.2]}}
    data["joints"][0]["pin_radius"] = "8 mm"
    return data


@pytest.mark.parametrize(
    ("path", "value", "key", "words"),
    [
        (("joints", 0, "of"), ["ground.O2", "lever.O2"], "joints[0].of[1]", "unknown body 'lever'"),
        (("joints", 0, "of"), ["ground.O9", "crank.O2"], "joints[0].of[0]", "no point 'O9'"),
        (("joints", 1, "of"), ["crank.O2", "crank.A"], "joints[1].of", "to itself"),
        (("joints", 1, "name"), "O2", "joints[1].name", "two joints are called 'O2'"),
        (("joints", 1, "name"), "O.2", "joints[1].name", "cannot be a joint's name"),
        (("bodies", "ground"), None, "bodies", "no body 'ground'"),
        (("bodies", "ground_2"), {"points": {"O": ["0 mm", "0 mm"]}}, "bodies.ground_2", "second ground"),
        (("bodies", "Ground"), {"points": {"O": ["0 mm", "0 mm"]}}, "bodies.Ground", "second ground"),
        (("bodies", "extra"), {"points": {"O": ["0 mm", "0 mm"]}}, "bodies.extra", "no chain of joints"),
        (("drive", "joint"), "O7", "drive.joint", "unknown joint 'O7'"),
        (("drive", "value"), "40 mm", "drive.value", "angle"),
        (("drive", "value"), "40", "drive.value", "has no unit"),
        (("drive", "value"), "1e17 deg", "drive.value", "turns"),
        (("drive",), [{"joint": "O2", "value": "40 deg"}], "drive", "one table is expected, not a list"),
        (("joints", 0, "friction"), "mu", "joints[0].friction", "can be -0.05"),
        (("springs",), [spring("ground.O2", "crank.O2")], "springs[0].of", "holds both ends together"),
        (("springs",), [spring("ground.O2", "crank O2")], "springs[0].of[1]", "not of the form expected"),
        (("bodies", "crank", "points", "A"), "40 mm", "bodies.crank.points.A", "a list is expected"),
        (("bodies", "crank", "points", "A"), ["40 mm"] * 3, "bodies.crank.points.A", "3 entries where there should be 2"),
        (("assembly", "coupler"), 20, "assembly.coupler", "20 is no text"),
        (("drive", "rate"), "10 mm/s", "drive.rate", "angular velocity"),
        (("assembly", "couple"), "20 deg", "assembly.couple", "unknown body 'couple'"),
        (("assembly", "coupler"), "20 mm", "assembly.coupler", "angle"),
        (("bodies", "crank", "points", "A"), ["q", "0 mm"], "bodies.crank.points.A[0]", "unknown name 'q'"),
        (("bodies", "crank", "points", "A"), ["__import__('os')", "0 mm"], "bodies.crank.points.A[0]", "__import__"),
        (("bodies", "crank", "points", "A"), ["sqrt(1-3) * 1e3", "0 mm"], "bodies.crank.points.A[0]", "not a length"),
        (("bodies", "crank", "points", "P"), ["0 mm", "1e17 mm"], "bodies.crank.points.P[1]", "longer than 10 km"),
        (("bodies", "crank", "points", "A"), ["0 mm", "0 mm"], "bodies.crank.points", "sit on one point"),
        (("bodies", "coupler", "points", "B"), ["0 mm", "0 mm"], "bodies.coupler.points", "sit on one point"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(make, parts, base, path, value, key, words):
    with pytest.raises(InputError) as caught:
        make(parts.changed(base, path, value))
    assert key in caught.value.where.split(": ")[-1] or key in caught.value.where
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("lock", "key", "words"),
    [
        ({"loads": [{"body": "hook"}]}, "lock.loads[0].body", "unknown body 'hook'"),
        ({"loads": [{"point": "Q"}]}, "lock.loads[0].point", "no point 'Q'"),
        ({"loads": [{"magnitude": ["60 kN", "5 kN"]}]}, "lock.loads[0].magnitude", "upside down"),
        ({"loads": [{"magnitude": ["-1 kN", "5 kN"]}]}, "lock.loads[0].magnitude", "negative"),
        ({"loads": [{"direction": ["1 kN", "5 kN"]}]}, "lock.loads[0].direction", "angle"),
        ({"loads": [{}, {}]}, "lock.loads[1].name", "two loads"),
        ({"locked_from": "50 deg", "stop": "increasing"}, "lock.locked_from", "beyond the stop"),
        ({"locked_from": "30 deg"}, "lock.locked_from", "needs a stop"),
        ({"release": {"loads": ["parked"]}}, "lock.release.loads[0]", "unknown load 'parked'"),
        ({"release": {"max_force": "5 kN"}}, "lock.release.max_force", "max_torque"),
        ({"drive": "40 mm"}, "lock.drive", "angle"),
    ],
)
def test_a_lock_that_makes_no_sense(make, base, lock, key, words):
    load = {"name": "uplift", "body": "rocker", "point": "B", "magnitude": ["5 kN", "60 kN"], "direction": ["80 deg", "100 deg"]}
    loads = [load | change for change in lock.get("loads", [{}])]
    with pytest.raises(InputError) as caught:
        make(base | {"lock": {"drive": "40 deg"} | lock | {"loads": loads}})
    assert key in caught.value.where
    assert words in str(caught.value)


def test_a_structure_cannot_move(make, parts):
    values = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0)
    values["bodies"]["strut"] = {"points": {"P": ["0 mm", "0 mm"], "Q": ["100 mm", "0 mm"]}}
    values["bodies"]["coupler"]["points"]["P"] = ["50 mm", "20 mm"]
    values["bodies"]["ground"]["points"]["Q"] = ["60 mm", "-40 mm"]
    values["joints"] += [parts.pin("P", "coupler.P", "strut.P"), parts.pin("Q", "ground.Q", "strut.Q")]
    with pytest.raises(InputError, match=r"cannot be assembled|cannot move"):
        kinematics(make(values))


def test_a_root_of_a_negative_number_is_refused(make, base):
    base["parameters"] = {"a": "40 mm"}
    base["bodies"]["crank"]["points"]["A"] = ["sqrt(-a*a)", "0 mm"]
    with pytest.raises(InputError, match="no real number at the nominal parameters"):
        make(base)


def test_joints_that_contradict_each_other(make, parts, base):
    base["joints"].append(parts.pin("X", "ground.O2", "coupler.B"))
    with pytest.raises(InputError, match="contradict each other") as caught:
        kinematics(make(base))
    assert "count: -1" in str(caught.value)


def test_a_drive_that_moves_its_own_body_alone(make, parts):
    """A wheel beside a triangle of two links and ground."""
    bodies = {
        "ground": {"O": parts.mm(0, 0), "S": parts.mm(50, 0), "T": parts.mm(100, 0)},
        "wheel": {"O": parts.mm(0, 0), "P": parts.mm(10, 0)},
        "left": {"S": parts.mm(0, 0), "Q": parts.mm(40, 0)},
        "right": {"T": parts.mm(0, 0), "Q": parts.mm(40, 0)},
    }
    joints = [parts.pin("O", "ground.O", "wheel.O"), parts.pin("S", "ground.S", "left.S")]
    joints += [parts.pin("T", "ground.T", "right.T"), parts.pin("Q", "left.Q", "right.Q")]
    with pytest.raises(InputError, match="moves wheel alone"):
        kinematics(make(parts.data(bodies, joints, {"joint": "O", "value": "10 deg"})))


def test_two_free_bodies_need_two_drives(make, parts):
    values = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0)
    values["bodies"]["tail"] = {"points": {"B": ["0 mm", "0 mm"]}}
    values["joints"].append(parts.pin("T", "rocker.B", "tail.B"))
    with pytest.raises(InputError, match="tail can still move"):
        kinematics(make(values))


def test_a_position_out_of_reach_says_how_far_it_goes(make, parts):
    with pytest.raises(InputError, match=r"it can go from -49\.4584 to 49\.4584 deg"):
        kinematics(make(parts.four_bar(100.0, 40.0, 60.0, 130.0, 120.0)))


def test_links_that_never_close_are_named(make, parts):
    with pytest.raises(InputError, match="coupler and rocker reach each other"):
        kinematics(make(parts.four_bar(10.0, 20.0, 30.0, 500.0, 0.0)))


def test_clearance_becomes_an_offset_of_its_own(make, parts):
    values = parts.four_bar(40.0, 120.0, 80.0, 100.0, 40.0)
    values["joints"][2]["clearance"] = "0.05 mm"
    mechanism = make(values)
    (dx, dy, radius) = mechanism.offsets["B"]
    assert (str(dx), str(dy), radius) == ("dx_B", "dy_B", 0.05)


def test_a_pin_in_a_slot_becomes_a_slide_and_a_pin(make, parts):
    values = parts.data(
        {
            "ground": {"O": parts.mm(0, 0), "G": parts.mm(0, 50)},
            "crank": {"O": parts.mm(0, 0), "K": parts.mm(20, 0)},
            "arm": {"G": parts.mm(0, 0)},
        },
        [
            parts.pin("O", "ground.O", "crank.O"),
            parts.pin("G", "ground.G", "arm.G"),
            {"name": "slot", "type": "pin_in_slot", "of": ["arm.G", "crank.K"], "axis": "0 deg"},
        ],
        {"joint": "O", "value": "30 deg"},
    )
    mechanism = make(values)
    assert [joint.kind for joint in mechanism.joints] == ["revolute", "revolute", "prismatic", "revolute"]
    assert mechanism.bodies["slot~block"].virtual


def test_a_mechanism_can_be_sent_to_another_process(lock):
    copied = pickle.loads(pickle.dumps(lock))  # noqa: S301
    assert copied == lock


def test_points_read_like_the_file():
    assert str(PointName("hook", "P")) == "hook.P"


FOURBAR = folder("geometry") / "locks" / "contract_fourbar.toml"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('clearance = "0.05 mm"', 'clearance = "500 mm"', "joints[0]: the clearance of joint 'O2' is as large as its pin"),
        ('["125 deg", "165 deg"]', '["0 deg", "720 deg"]', "lock.loads[0].direction: the cone of directions is a whole turn"),
        ('{ range = ["80 kN/mm", "120 kN/mm"] }', '"-80 kN/mm"', "lock.clamp.stiffness: the stiffness is not positive"),
        ('c   = "80 mm"', 'lambda = "80 mm"', "parameters.lambda: 'lambda' cannot be a parameter's name"),
        (
            "[drive]",
            '[[joints]]\nname = "W"\ntype = "revolute"\nof = ["crank.O2", "hook.O4"]\n[drive]',
            "they contradict each other: W would stay open by up to 100 mm",
        ),
    ],
)
def test_the_command_names_what_is_wrong(tmp_path, capsys, old, new, words):
    text = FOURBAR.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "bad.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert run(["kinematics", str(tmp_path / "bad.toml"), "--quiet"]) == 2
    assert words in capsys.readouterr().err


def test_a_file_of_an_editor_that_marks_utf8_is_read(tmp_path):
    (tmp_path / "marked.toml").write_text(FOURBAR.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert run(["kinematics", str(tmp_path / "marked.toml"), "--quiet"]) == 0


def test_a_picture_in_place_of_a_folder_is_refused(tmp_path, capsys):
    assert run(["kinematics", str(FOURBAR), "--quiet", "--dxf", str(tmp_path)]) == 2
    assert "the file cannot be written" in capsys.readouterr().err
