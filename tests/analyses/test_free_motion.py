"""What supports leave free, in words and as shapes that do not strain the body."""

import json

import numpy as np
import pytest

from mechlock.analyses.free_motion import free_motions
from mechlock.analyses.run import model_mesh
from mechlock.cli import main
from mechlock.inputs.model import read_model
from mechlock.mesh.mapped import box
from mechlock.mesh.writing import msh_bytes

MODEL = """
format = "mechlock-model/1"
mesh = "bar.msh"
length_unit = "mm"
[[materials]]
name = "steel"
E = "210000 MPa"
nu = 0.3
density = "7850 kg/m**3"
on = ["bar"]
[[supports]]
on = "z0"
fix = FIX
[[cases]]
name = "pull"
analysis = "static"
loads = [ { on = "x1", pressure = "-21 MPa" } ]
"""


@pytest.fixture
def model(tmp_path):
    (tmp_path / "bar.msh").write_bytes(msh_bytes(box((100.0, 10.0, 10.0), (4, 1, 1), "hex20", "bar")))

    def written(fix):
        (tmp_path / "model.toml").write_text(MODEL.replace("FIX", json.dumps(fix)))
        return tmp_path / "model.toml"

    return written


def strain(points, shape):
    """Symmetric part of the gradient of the affine field that fits a shape, and how far the shape is from that field."""
    whole = np.column_stack([points, np.ones(len(points))])
    fit, *_ = np.linalg.lstsq(whole, shape, rcond=None)
    return 0.5 * (fit[:3] + fit[:3].T), shape - whole @ fit


@pytest.mark.parametrize(
    ("fix", "words"),
    [
        (["z"], ["slide along x", "slide along y", "turn about z"]),
        (["y", "z"], ["slide along x"]),
        (["x", "y", "z"], []),
    ],
)
def test_free_motions_are_named_rigid_and_respect_the_supports(model, fix, words):
    source = read_model(model(fix))
    mesh = model_mesh(source)
    found = free_motions(source, mesh)
    assert [text for text, _ in found] == [f"the model can {word}" for word in words]
    held = np.flatnonzero(mesh.points[:, 2] < 1e-9)
    for _, shape in found:
        stretch, rest = strain(mesh.points, shape)
        assert np.abs(stretch).max() < 1e-12
        assert np.abs(rest).max() < 1e-12
        assert np.abs(shape[held][:, ["xyz".index(axis) for axis in fix]]).max() < 1e-12
        assert np.linalg.norm(shape, axis=1).max() == pytest.approx(1.0)


def test_view_shows_the_motions_of_a_model_that_is_not_held_and_the_mesh_of_one_that_is(model, capsys):
    assert main.run(["view", str(model(["y", "z"])), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["modes"] == [{"mode": 1, "motion": "the model can slide along x"}]
    assert main.run(["view", str(model(["x", "y", "z"])), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["modes"] == []
