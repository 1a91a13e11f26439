"""Synthesis: Freudenstein's conditions, and proposals judged by the kinematics of the file that they become."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from mechlock.cli.main import run
from mechlock.errors import NoVerdict
from mechlock.inputs.linkage import linkage_from_data
from mechlock.linkage.friction import friction_forces
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.mechanism import PointName
from mechlock.linkage.positions import Positions
from mechlock.linkage.semantics import build
from mechlock.linkage.synthesis import freudenstein, synthesize
from mechlock.linkage.synthesis_drive import SWING, slider_drive
from mechlock.linkage.synthesis_file import linkage_toml, pair_data, proposal_data, six_link_data
from mechlock.linkage.synthesis_pair import synthesize_pair
from mechlock.linkage.wishes import Wishes

WISHES = Wishes(np.radians(4.0), np.radians(55.0), (340.0, 280.0), (20e3, 60e3), 1000e3, (40e3, 50e3), lever=2.0)


@pytest.fixture(scope="module")
def proposals():
    return synthesize(WISHES, count=2, samples=20_000)


def test_freudenstein_stands_still_where_it_was_told():
    """The four-bar of the ratios passes both positions; its rocker turns back at the first, by differences."""
    t2, t4, opened2, opened4 = (np.array([value]) for value in (0.6, 1.9, -0.8, 2.7))
    k1, k2, k3 = freudenstein(t2, t4, opened2, opened4)[0]

    def left(a, b):
        return k1 * np.cos(b) - k2 * np.cos(a) + k3 - np.cos(a - b)

    assert left(0.6, 1.9) == pytest.approx(0.0, abs=1e-12)
    assert left(-0.8, 2.7) == pytest.approx(0.0, abs=1e-12)
    h = 1e-6
    assert (left(0.6 + h, 1.9) - left(0.6 - h, 1.9)) / (2 * h) == pytest.approx(0.0, abs=1e-8)
    assert abs(left(0.6, 1.9 + h) - left(0.6, 1.9 - h)) / (2 * h) > 1e-3


def test_proposals_do_what_was_wished(proposals):
    assert len(proposals) == 2
    for proposal in proposals:
        mechanism = build(linkage_from_data(proposal_data(WISHES, proposal), "proposal"))
        stop = mechanism.lock.drive.nominal
        centres = [c.drive for c in kinematics(mechanism).dead_centres if c.body == "hook"]
        gap = min(abs(np.angle(np.exp(1j * (centre - stop)))) for centre in centres)
        assert gap == pytest.approx(WISHES.over_centre, abs=np.radians(0.35))  # lengths are rounded to 0.1 mm
        way = mechanism.lock.stop
        opened = stop - way * abs(proposal.locked - proposal.opened)
        sweep = kinematics(mechanism, sweep=(stop, opened, 121)).selected
        hook = np.unwrap(sweep.angles["hook"])
        assert hook[-1] - hook.min() == pytest.approx(WISHES.travel, abs=np.radians(0.7))
        places = np.concatenate([place for name, place in sweep.points.items() if name != PointName("hook", "P")])
        assert np.all(np.ptp(places, axis=0) <= np.array(WISHES.envelope) + 0.5)
        angle = sweep.transmission_angles["B"]
        assert np.degrees(np.minimum(angle, np.pi - angle)).min() > 29.0
        ratio = sweep.velocity_ratios["hook"][0]
        assert way * ratio * 60.0 > 1.7


def test_a_proposal_survives_its_file(proposals):
    data = proposal_data(WISHES, proposals[0])
    assert tomllib.loads(linkage_toml(data)) == data


def test_a_slider_drives_the_crank_well_through_the_whole_travel():
    """Judged by the kinematics of the file: stroke, force by the travel ratio, rod against slide and crank."""
    wishes = replace(WISHES, swing=SWING)
    proposal = synthesize(wishes, count=1, samples=20_000)[0]
    drive = slider_drive(wishes, proposal)
    mechanism = build(linkage_from_data(six_link_data(wishes, proposal, drive), "proposal"))
    stop, way = mechanism.lock.drive.nominal, mechanism.lock.stop
    swing = abs(proposal.locked - proposal.opened)
    assert swing <= SWING + wishes.over_centre + 1e-9
    result = kinematics(mechanism, sweep=(stop, stop - way * swing, 121)).selected
    travel, ratio = result.travels["slide"], result.travel_ratios["slide"]
    assert np.isfinite(travel).all()
    assert np.all(way * ratio > 0.0)
    assert travel[0] - travel[-1] == pytest.approx(drive.stroke, abs=0.5)
    assert proposal.torque / abs(ratio[0]) == pytest.approx(drive.force, rel=0.01)
    rod = result.angles["rod"]
    assert np.degrees(np.arccos(np.abs(np.cos(rod - drive.line)))).max() < 36.0
    arm = result.angles["crank"] + np.arctan2(drive.arm[1], drive.arm[0])
    assert np.abs(np.sin(rod - arm)).min() > 0.49


def test_a_six_link_proposal_is_proved_by_the_command(tmp_path, capsys):
    path = tmp_path / "lock.toml"
    assert run(["synthesize", "--family", "six-link", "--proposals", "1", "--out", str(path), "--json", "--quiet"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["proposals"][0]["claims"] == {"over_centre": "proved", "release": "proved"}
    assert record["proposals"][0]["slider_stroke_mm"] > 50.0
    assert run(["kinematics", str(path), "--quiet"]) == 0
    assert "5 moving bodies and 7" in capsys.readouterr().out
    assert run(["synthesize", "--family", "five-bar", "--quiet"]) == 2
    assert "five-bar" in capsys.readouterr().err


def test_a_toggle_pair_does_what_was_wished():
    """Judged by the kinematics and forces of the file: over-centre angle, travel, envelope, transmission, opening force."""
    wishes = Wishes(np.radians(4.0), np.radians(60.0), (320.0, 260.0), (20e3, 60e3), 20e3, (40e3, 50e3))
    pair = synthesize_pair(wishes, count=1, samples=10_000)[0]
    mechanism = build(linkage_from_data(pair_data(wishes, pair), "pair"))
    result = kinematics(mechanism, sweep=(pair.locked, pair.opened, 121))
    sweep = result.selected
    assert sweep.angles["linkR"][0] == pytest.approx(wishes.over_centre, abs=2e-3)  # lengths are rounded to 0.1 mm
    centres = [centre.drive for centre in result.dead_centres if centre.body == "hookR"]
    assert min(abs(centre - pair.dead_centre) for centre in centres) < 0.3
    right, left = (np.unwrap(sweep.angles[f"hook{side}"]) for side in "RL")
    assert right[0] - right[-1] == pytest.approx(wishes.travel, abs=5e-3)
    assert np.allclose(right, -left)
    places = np.concatenate([place for name, place in sweep.points.items() if name.point != "P"])
    assert np.all(np.ptp(places, axis=0) <= np.array(wishes.envelope) + 0.5)
    assert np.degrees(np.abs(np.arcsin(np.sin(sweep.transmission_angles["BR"])))).min() > 29.0
    worst = np.radians(80.0)
    load = {PointName("hookR", "P"): 50e3 * np.array([[np.cos(worst), np.sin(worst)]])}
    effort = friction_forces(Positions(mechanism, {"mu": wishes.friction[1]}), sweep.q[:1], load, -1).effort[0]
    assert effort == pytest.approx(pair.force, rel=0.08)  # pins are rounded up, and friction adds to its own normal force
    assert effort < 0.5 * wishes.release


def test_a_toggle_pair_is_proved_by_the_command(tmp_path, capsys):
    path = tmp_path / "pair.toml"
    asked = ["synthesize", "--family", "toggle-pair", "--proposals", "1", "--out", str(path), "--json", "--quiet"]
    assert run(asked) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["proposals"][0]["claims"] == {"over_centre": "proved", "release": "proved"}
    assert "toggle pair" in path.read_text()
    assert run(["synthesize", "--family", "toggle-pair", "--lever", "2 mm", "--quiet"]) == 2
    assert "share of the load" in capsys.readouterr().err


def test_impossible_wishes_are_refused():
    with pytest.raises(NoVerdict, match="no four-bar hook"):
        synthesize(Wishes(np.radians(4.0), np.radians(90.0), (40.0, 40.0), (20e3, 60e3), 1e3, (40e3, 50e3)), count=1, samples=500)
    with pytest.raises(NoVerdict, match="no toggle pair"):
        synthesize_pair(Wishes(np.radians(4.0), np.radians(90.0), (40.0, 40.0), (20e3, 60e3), 1e3, (40e3, 50e3)), samples=500)


def test_the_command_writes_a_lock_that_is_proved(tmp_path, capsys):
    path = tmp_path / "hook.toml"
    assert run(["synthesize", "--proposals", "1", "--out", str(path), "--json", "--quiet"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["proposals"][0]["claims"] == {"over_centre": "proved", "release": "proved"}
    assert run(["prove", str(path), "--quiet"]) == 0
    assert run(["synthesize", "--clamp", "60 kN", "--quiet"]) == 2
    assert "colon" in capsys.readouterr().err
