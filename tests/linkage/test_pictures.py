"""Drawings, animation and the derivation page: written, not empty, and self-contained."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs.linkage import read_linkage
from mechlock.linkage.derivation import derive
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.semantics import build
from mechlock.report.derivation import derivation_fragment, derivation_page
from mechlock.resources import folder
from mechlock.view.animation import animate_mechanism
from mechlock.view.mechanism import draw
from mechlock.view.mechanism_sweep import draw_kinematics


@pytest.fixture(scope="module")
def hook():
    return build(read_linkage(folder("geometry") / "locks" / "contract_fourbar.toml"))


def test_every_lock_can_be_drawn(lock):
    root = ElementTree.fromstring(draw(lock, ".svg"))
    assert root.tag.endswith("svg")
    assert len(list(root.iter())) > 60


def test_a_picture_is_not_blank(hook):
    import io

    from PIL import Image

    pixels = np.asarray(Image.open(io.BytesIO(draw(hook, ".png"))).convert("L"))
    assert (pixels < 200).mean() > 0.005


def test_a_sweep_is_drawn_with_curves(hook):
    assert draw_kinematics(kinematics(hook, sweep="0 deg:360 deg:37"), ".pdf").startswith(b"%PDF")


def test_an_animation_has_its_frames(hook):
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(animate_mechanism(kinematics(hook), frames=5)))
    assert picture.n_frames == 8


@pytest.mark.parametrize(("function", "suffix"), [(draw, ".bmp"), (draw, "")])
def test_unknown_picture_formats_are_refused(hook, function, suffix):
    with pytest.raises(InputError, match="format"):
        function(hook, suffix)


def test_an_animation_is_a_gif(hook):
    with pytest.raises(InputError, match=r"\.gif"):
        animate_mechanism(kinematics(hook), ".avi")
    content = animate_mechanism(kinematics(hook), ".gif", frames=4)
    assert content.startswith(b"GIF89a")


def test_a_picture_is_the_same_every_time(hook):
    assert draw(hook, ".svg") == draw(hook, ".svg")


def test_the_derivation_is_self_contained_and_its_math_is_well_formed(lock):
    found = derive(lock)
    assert not found.wrong
    page = derivation_page(found)
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]+"', page)
    math = re.findall(r"<math.*?</math>", page, flags=re.DOTALL)
    assert len(math) >= 3
    for element in math:
        ElementTree.fromstring(element.replace("&InvisibleTimes;", "").replace("&ApplyFunction;", ""))
    assert "nan" not in re.sub(r"<[^>]+>", " ", page)


def test_the_derivation_says_how_exact_it_is(hook):
    left = re.search(r"leave at most ([\d.e-]+) mm", derivation_fragment(derive(hook)))
    assert left is not None
    assert float(left.group(1)) < 1e-11


def dxf_entities(text):
    """Entities as dictionaries of their group codes, read independently of the writer."""
    rows = text.splitlines()
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    found, current = [], None
    for code, value in pairs:
        if code == "0":
            current = {"kind": value}
            found.append(current)
        elif current is not None:
            current[code] = value
    return [entity for entity in found if entity["kind"] in {"LINE", "CIRCLE", "POINT", "TEXT"}]


def test_the_skeleton_has_every_link_at_its_length(tmp_path):
    from mechlock.cli.main import run
    from mechlock.resources import folder

    path = tmp_path / "skeleton.dxf"
    assert run(["kinematics", str(folder("geometry") / "locks" / "var_i_fourbar.toml"), "--dxf", str(path), "--quiet"]) == 0
    entities = dxf_entities(path.read_text(encoding="ascii"))
    lengths = {
        entity["8"]: np.hypot(float(entity["11"]) - float(entity["10"]), float(entity["21"]) - float(entity["20"]))
        for entity in entities
        if entity["kind"] == "LINE" and entity["8"] in {"crank", "link"}
    }
    assert lengths == pytest.approx({"crank": 55.0, "link": 116.6}, abs=1e-6)
    assert sum(entity["kind"] == "CIRCLE" and entity["8"] == "pins" for entity in entities) == 4
    assert {entity["1"] for entity in entities if entity["kind"] == "TEXT"} >= {"ground.H", "hook.P"}


def test_a_cam_shows_its_circles_in_the_skeleton(tmp_path):
    from mechlock.cli.main import run
    from mechlock.resources import folder

    path = tmp_path / "skeleton.dxf"
    assert run(["kinematics", str(folder("geometry") / "locks" / "eccentric_cam.toml"), "--dxf", str(path), "--quiet"]) == 0
    circles = [entity for entity in dxf_entities(path.read_text(encoding="ascii")) if entity["8"] == "contacts"]
    assert sorted(float(circle["40"]) for circle in circles) == [12.0, 30.0]
    gap = np.hypot(*[float(circles[0][code]) - float(circles[1][code]) for code in ("10", "20")])
    assert gap == pytest.approx(42.0)


def test_mp4_is_written_or_its_program_named(tmp_path, capsys):
    from mechlock.cli.main import run
    from mechlock.resources import folder

    path = tmp_path / "lock.mp4"
    code = run(["kinematics", str(folder("geometry") / "locks" / "var_i_fourbar.toml"), "--animate", str(path), "--quiet"])
    if code == 0:
        assert path.read_bytes()[4:8] == b"ftyp"
    else:
        assert code == 2
        assert "ffmpeg" in capsys.readouterr().err


def test_a_derivation_says_where_an_assembly_exists_and_shows_no_factor_that_is_one():
    page = derivation_page(derive(build(read_linkage(folder("geometry") / "locks" / "var_iii_eccentric.toml"))))
    assert "The assembly exists everywhere." in page
    assert "denominator</td>" not in page


def test_a_derivation_says_what_its_letters_stand_for_and_where_its_values_hold(hook):
    page = derivation_page(derive(hook))
    for name, parameter in hook.parameters.items():
        if parameter.dimension == "length":
            assert f'<td class="words">{name}</td><td class="n">{parameter.nominal:.6g} mm</td>' in page
    assert f"= {np.degrees(hook.lock.drive.nominal):.6g}°, where the stop is" in page
