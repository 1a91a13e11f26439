"""Clearances of a linkage's joints from the fits of its parts: filled in where there are none, compared where there are."""

import json
from pathlib import Path

import pytest

from mechlock import resources
from mechlock.cli.main import run
from mechlock.errors import InputError
from mechlock.inputs import reading
from mechlock.inputs.design import lock_linkage, read_design
from mechlock.inputs.joint_play import joint_plays, with_fits
from mechlock.inputs.linkage import linkage_from_data, read_linkage
from mechlock.inputs.lockparts import lock_parts_from_data, read_lock_parts
from mechlock.inputs.writing import toml_tables

GEOMETRY = resources.folder("geometry")
LOCKS = GEOMETRY / "locks"


def open_pin(data, *joints):
    """The linkage without the clearances of some joints."""
    for joint in data["joints"]:
        if joint["name"] in joints:
            del joint["clearance"]
    return data


def parts(name, **fits):
    data = reading.read_toml(LOCKS / f"{name}_parts.toml")
    for pin, fit in fits.items():
        data["pins"][pin]["fit"] = fit
    return lock_parts_from_data(data, "parts.toml")


def test_a_missing_clearance_is_the_greatest_play_of_the_fits():
    # diameter 28: F7 20..41, h6 -13..0, M7 -21..0: 54 um running and 13 um in the seat, half of both on the radius
    source = with_fits(read_linkage(LOCKS / "hook_fourbar_13.toml"), parts("hook_fourbar_13", O2="H8/f7"))
    found = {joint.name: joint.clearance for joint in source.file.joints}
    # diameter 16: H8 0..27, f7 -34..-16 and 11 in the seat: (61 + 11) / 2
    assert found == {"O2": 0.036, "A": 0.03, "B": 0.03, "O4": 0.0335}
    assert source.fits == {"O2": "H8/f7 and M7/h6", "O4": "F7/h6 and M7/h6"}


def test_two_bodies_that_both_turn_on_a_pin_have_two_running_fits():
    # KR and KL share the slider's pin, which is seated there; where no body is common to all joints, two may turn on one pin
    plays = {
        item.joint: item for item in joint_plays(read_linkage(LOCKS / "var_ii_slider_pair.toml"), parts("var_ii_slider_pair"))
    }
    assert plays["KL"].pin == "KR"
    assert plays["KL"].play == plays["KR"].play == 0.0335
    data = reading.read_toml(LOCKS / "var_ii_slider_pair.toml")
    chain = {"name": "more", "type": "revolute", "of": ["linkL.K", "hookL.K"]}
    data["joints"].append(chain)
    data["bodies"]["hookL"]["points"]["K"] = ["0 mm", "0 mm"]
    plays = {item.joint: item.play for item in joint_plays(linkage_from_data(data, "x"), parts("var_ii_slider_pair"))}
    assert plays["more"] == 0.054


def test_a_clearance_smaller_than_the_play_is_refused_even_when_it_is_nil():
    data = reading.read_toml(LOCKS / "contract_slider_crank.toml")
    data["joints"][0]["clearance"] = "0 mm"
    source = linkage_from_data(data, "x")
    with pytest.raises(InputError, match=r"pins\.O\.fit.*0\.028 mm of play.*clearance at joint 'O' is 0 mm"):
        with_fits(source, read_lock_parts(LOCKS / "contract_slider_crank_parts.toml"))


@pytest.fixture
def design(tmp_path: Path) -> Path:
    """The reference design whose linkage leaves the clearances of two joints to the fits."""
    target = tmp_path / "designs" / "open.toml"
    target.parent.mkdir()
    data = reading.read_toml(GEOMETRY / "designs" / "reference.toml")
    data["lock"]["linkage"] = open_pin(reading.read_toml(LOCKS / "reference.toml"), "A", "B")
    for folder in ("locks", "frames", "packs", "trays"):
        (tmp_path / folder).symlink_to(GEOMETRY / folder)
    target.write_text("\n".join(toml_tables(data)), encoding="utf-8")
    return target


def test_a_design_proves_with_the_clearances_of_its_fits(design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for source in (lock_linkage(design), read_design(design).linkage):
        found = {joint.name: joint.clearance for joint in source.file.joints}
        assert (found["A"], found["B"], found["H"]) == (0.0335, 0.0335, 0.05)
    certificate = tmp_path / "certificate.json"
    assert run(["prove", str(design), "--claim", "over_centre", "-o", str(certificate), "--json", "--quiet"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert [item["joint"] for item in payload["fits"]] == ["A", "B"]
    written = {joint["name"]: joint.get("clearance") for joint in json.loads(certificate.read_text())["linkage"]["joints"]}
    assert written["A"] == written["B"] == "0.0335 mm"
    assert run(["verify", str(certificate), "--design", str(design)]) == 0
    assert "leaves out: A, B" in capsys.readouterr().out
    # looser pins than those that were proved: the certificate says nothing of them
    data = reading.read_toml(design)
    data["lock"]["parts"] = reading.read_toml(LOCKS / "reference_parts.toml")
    data["lock"]["parts"]["pins"]["A"]["fit"] = "H8/f7"
    design.write_text("\n".join(toml_tables(data)), encoding="utf-8")
    assert run(["verify", str(certificate), "--design", str(design)]) == 1
    assert "clearance of A is 0.0335 mm" in capsys.readouterr().out


def test_prove_takes_the_parts_of_a_linkage(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    linkage, file = LOCKS / "eccentric_cam.toml", LOCKS / "eccentric_cam_parts.toml"
    certificate = tmp_path / "certificate.json"
    assert run(["prove", str(linkage), "--parts", str(file), "-o", str(certificate)]) == 0
    assert "clearance of O: 0.041 mm, the greatest play of F7/h6 and M7/h6" in capsys.readouterr().out
    assert run(["verify", str(certificate), "--design", str(linkage)]) == 0
    assert run(["prove", str(GEOMETRY / "designs" / "reference.toml"), "--parts", str(file)]) == 2
    assert run(["prove", str(linkage), "--parts", str(linkage)]) == 2
