"""Drawings, animation and the derivation page: written, not empty, and self-contained."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from mechlock.errors import InputError
from mechlock.inputs.linkage import read_linkage
from mechlock.linkage.kinematics import kinematics
from mechlock.linkage.semantics import build
from mechlock.report.derivation import derivation_fragment, derivation_page
from mechlock.resources import folder
from mechlock.view.animation import animate_mechanism
from mechlock.view.mechanism import draw, draw_kinematics


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
        animate_mechanism(kinematics(hook), ".mp4")


def test_the_derivation_is_self_contained_and_its_math_is_well_formed(lock):
    page = derivation_page(lock)
    assert not re.findall(r'(?:src|href)="(?!data:|#)[^"]+"', page)
    math = re.findall(r"<math.*?</math>", page, flags=re.DOTALL)
    assert len(math) >= 3
    for element in math:
        ElementTree.fromstring(element.replace("&InvisibleTimes;", "").replace("&ApplyFunction;", ""))
    assert "nan" not in re.sub(r"<[^>]+>", " ", page)


def test_the_derivation_says_how_exact_it_is(hook):
    left = re.search(r"leaves at most ([\d.e-]+) mm", derivation_fragment(hook))
    assert left is not None
    assert float(left.group(1)) < 1e-11
