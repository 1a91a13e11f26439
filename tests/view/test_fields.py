"""Result files: names of cases and modes, what is refused, values that arrive unchanged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import pyvista

from mechlock.errors import InputError
from mechlock.mesh.mapped import box
from mechlock.view import fields, surface
from mechlock.view.loading import load


def test_cases_and_modes_are_sorted_out(bar: fields.Result) -> None:
    assert {name: sorted(found) for name, found in bar.cases.items()} == {
        "braking": ["displacement", "von_mises"],
        "rail twist": ["displacement", "von_mises"],
    }
    assert list(bar.modes) == [1, 2]
    assert bar.frequency(2) == 31.2
    assert bar.array("rail twist", "von_mises").max() == pytest.approx(400.0)


def test_file_gives_the_same(bar: fields.Result, bar_file: Path) -> None:
    read = fields.read(bar_file)
    assert read.cases == bar.cases and read.modes == bar.modes and read.frequencies == bar.frequencies
    assert np.array_equal(read.array("braking", "displacement"), bar.array("braking", "displacement"))


def test_a_file_of_one_case_is_named_after_itself(tmp_path: Path) -> None:
    mesh = box((10.0, 10.0, 10.0), (1, 1, 1), "tet10")
    for case, value in (("kerb", 1.0), ("lifting", 2.0)):
        fields.grid(mesh, {"von_mises": np.full(len(mesh.points), value)}).save(tmp_path / f"{case}.vtu")
    loaded = load(tmp_path)
    assert len(loaded.results) == 1
    assert set(loaded.results[0].cases) == {"kerb", "lifting"}
    assert loaded.result_with("lifting").array("lifting", "von_mises").max() == 2.0
    assert loaded.results[0].array("kerb", "von_mises").max() == 1.0


def test_stress_tensors_are_fields_by_component(tmp_path: Path) -> None:
    mesh = box((10.0, 10.0, 10.0), (1, 1, 1), "tet10")
    count = len(mesh.points)
    stress = np.tile(np.arange(6.0), (count, 1))
    for case, factor in (("kerb", 1.0), ("lifting", 10.0)):
        data = {"stress": factor * stress, "node": np.arange(count), "judged": np.ones(count, np.uint8)}
        fields.grid(mesh, data).save(tmp_path / f"{case}.vtu")
    (result,) = load(tmp_path).results
    assert sorted(result.cases["kerb"]) == sorted(f"stress.{part}" for part in fields.TENSOR)
    assert result.array("lifting", "stress.zx") == pytest.approx(50.0)
    assert result.array("kerb", "stress.yy") == pytest.approx(1.0)


def test_results_on_other_meshes_stay_apart(tmp_path: Path, bar: fields.Result) -> None:
    other = fields.sort(fields.grid(box((1.0, 1.0, 1.0), (1, 1, 1), "hex8"), {"von_mises": np.zeros(8)}), "hook")
    assert len(fields.merged([bar, other, bar])) == 2


@pytest.mark.parametrize("kind", ["tet4", "tet10", "hex8", "hex20", "hex27", "wedge6", "wedge15"])
def test_every_kind_of_cell_keeps_its_volume(kind: str) -> None:
    grid = fields.grid(box((3.0, 2.0, 1.0), (2, 2, 2), kind), {})
    sizes = grid.compute_cell_sizes(length=False, area=False, volume=True)
    assert np.asarray(sizes.cell_data["Volume"]).sum() == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("name", "content"),
    [("missing.vtu", None), ("broken.vtu", "<VTKFile"), ("empty.vtu", ""), ("text.vtu", "hello"), ("odd.xyzzy", "hello")],
)
def test_what_cannot_be_read_is_one_clear_error(tmp_path: Path, name: str, content: str | None) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        fields.read(tmp_path / name)


def test_what_a_result_lacks_is_named_with_what_it_has(bar: fields.Result) -> None:
    with pytest.raises(InputError, match=r"'kerb'.*braking, rail twist"):
        bar.case("kerb")
    with pytest.raises(InputError, match=r"'strain'.*displacement"):
        bar.array("braking", "strain")
    with pytest.raises(InputError, match="no mode 7"):
        bar.shape(7)


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to see"):
        load(tmp_path)


def test_a_folder_of_parts(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    pyvista.Sphere(radius=5.0).save(tmp_path / "parts" / "pin_A.stl")
    pyvista.Box().save(tmp_path / "parts" / "hook.stl")
    loaded = load(tmp_path)
    assert [name for name, _ in loaded.parts] == ["hook", "pin A"]
    assert loaded.results == ()


def test_surface_points_are_the_nodes_they_claim_to_be(bar: fields.Result) -> None:
    found = surface.outer(bar.grid)
    assert np.allclose(bar.grid.points[found.nodes], found.faces.points, atol=1e-3)
    assert np.allclose(bar.grid.points[found.edge_nodes], found.edges.points, atol=1e-3)
    assert found.faces.area == pytest.approx(2 * 100.0**2 + 4 * 1000.0 * 100.0, rel=1e-6)


@pytest.mark.parametrize("largest", [1e-7, 0.003, 0.1, 4.2, 900.0])
def test_exaggeration_is_round_and_shows_the_deformation(largest: float) -> None:
    points = np.array([[0.0, 0.0, 0.0], [1000.0, 0.0, 0.0]])
    factor = surface.exaggeration(points, np.array([[0.0, 0.0, 0.0], [0.0, 0.0, largest]]))
    assert 0.4 * surface.SHOWN <= factor * largest / 1000.0 <= surface.SHOWN * (1 + 1e-9)
    mantissa = factor / 10.0 ** np.floor(np.log10(factor) + 1e-9)
    assert np.isclose(mantissa, (1.0, 2.0, 5.0)).any()


def test_exaggeration_of_nothing_is_one() -> None:
    assert surface.exaggeration(np.eye(3), np.zeros((3, 3))) == 1.0


def test_colours_end_where_nearly_all_nodes_are() -> None:
    values = np.linspace(0.0, 100.0, 5000)
    assert surface.color_range(values) == (0.0, 100.0, False)
    values[-1] = 1e4
    assert surface.color_range(values) == (0.0, 100.0, True)
    values[0] = -3.0
    assert surface.color_range(values) == (-100.0, 100.0, True)
    values[1] = np.nan
    assert surface.color_range(values) == (-100.0, 100.0, True)
    assert surface.color_range(np.zeros(10)) == (0.0, 1.0, False)
    assert surface.color_range(np.full(3, np.nan)) == (0.0, 1.0, False)
