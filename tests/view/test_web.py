"""The page of a result: fetches nothing, holds the values it claims to, and is drawn by a real browser."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvista
from PIL import Image

from mechlock.view import web
from mechlock.view.fields import Result
from mechlock.view.serve import server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--hide-scrollbars"]


class Links(HTMLParser):
    """Collects what a browser would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [str(value) for key, value in attrs if key in ("src", "href", "srcset", "data", "action", "poster")]
        self.found += [tag] if tag in ("link", "iframe", "object", "embed", "base") else []


def unpack(page: str) -> tuple[dict[str, Any], bytes]:
    header = re.search(r'<script id="header"[^>]*>(.*?)</script>', page, re.DOTALL)
    data = re.search(r'<script id="data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert header is not None and data is not None
    return json.loads(header.group(1)), zlib.decompress(base64.b64decode(data.group(1), validate=True))


def array(data: bytes, span: list[int], kind: type[np.generic]) -> np.ndarray[Any, Any]:
    return np.frombuffer(data, kind, count=span[1], offset=span[0])


def test_page_fetches_nothing(bar: Result) -> None:
    page = web.results_page([bar], "bar")
    assert Links(page).found == []
    for word in ("http:", "https:", "fetch(", "import(", "XMLHttpRequest", "@import", "url("):
        assert word not in page


def test_values_survive_the_packing(bar: Result) -> None:
    header, data = unpack(web.results_page([bar], "bar"))
    assert [entry["name"] for entry in header["entries"]] == ["braking", "rail twist", "mode 1, 20.40 Hz", "mode 2, 31.20 Hz"]
    mesh = header["meshes"][0]
    points = array(data, mesh["positions"], np.float32).reshape(-1, 3) + mesh["center"]
    entry = header["entries"][1]
    stress = next(scalar for scalar in entry["scalars"] if scalar["title"] == "von Mises stress, MPa")
    low, high = stress["range"]
    values = low + (high - low) * array(data, stress["span"], np.uint16) / 65535
    assert values == pytest.approx(400.0 * (1 - points[:, 0] / 1000.0) * np.abs(points[:, 2] - 50.0) / 50.0, abs=400.0 / 65535)
    moved = array(data, entry["shift"]["span"], np.int16).reshape(-1, 3) / 32767 * entry["shift"]["largest"]
    assert moved[:, 2] == pytest.approx(-2.0 * (points[:, 0] / 1000.0) ** 2, abs=2.0 / 32767)
    triangles = array(data, mesh["triangles"], np.uint32).reshape(-1, 3)
    corners = points[triangles]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum() / 2
    assert area == pytest.approx(2 * 100.0**2 + 4 * 1000.0 * 100.0, rel=1e-5)
    for span, size in [(mesh["positions"], 4), (mesh["triangles"], 4), (stress["span"], 2), (entry["shift"]["span"], 2)]:
        assert span[0] % size == 0


def test_values_that_are_no_numbers_do_no_harm(bar: Result) -> None:
    bar.grid.point_data["von_mises:braking"][0] = np.nan
    header, _ = unpack(web.results_page([bar], "bar"))
    assert header["entries"][0]["scalars"]


def test_page_begins_with_the_case_asked_for(bar: Result) -> None:
    assert unpack(web.results_page([bar], "bar", "rail twist"))[0]["start"] == 1
    assert unpack(web.results_page([bar], "bar"))[0]["start"] == 0


def test_title_is_escaped(bar: Result) -> None:
    page = web.results_page([bar], "</title><script>alert(1)</script>")
    assert "<script>alert" not in page


def test_parts_keep_their_colours_and_names() -> None:
    parts = [("hook", pyvista.Box()), ("pin A", pyvista.Sphere().translate((3.0, 0.0, 0.0)))]
    header, data = unpack(web.parts_page(parts, "lock"))
    assert header["parts"] == ["hook", "pin A"]
    mesh = header["meshes"][0]
    points = array(data, mesh["positions"], np.float32).reshape(-1, 3) + mesh["center"]
    owner = array(data, header["entries"][0]["scalars"][0]["span"], np.uint16) / 65535 * 2 - 0.5
    assert np.array_equal(np.round(owner) == 1, points[:, 0] > 1.5)


def test_parts_of_one_kind_share_a_colour() -> None:
    parts = [(name, pyvista.Box()) for name in ("hook", "link_1", "link_2", "pin_A")]
    header, _ = unpack(web.parts_page(parts, "lock"))
    assert header["parts"] == ["hook", "link", "pin A"]
    assert len(header["colors"]) == 3


def test_page_is_served_to_this_machine() -> None:
    serving = server("<!DOCTYPE html><p>ü</p>")
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    try:
        assert serving.server_address[0] == "127.0.0.1"
        address = f"http://127.0.0.1:{serving.server_port}/"
        with urllib.request.urlopen(address) as answer:
            assert answer.read().decode() == "<!DOCTYPE html><p>ü</p>"
        with pytest.raises(urllib.error.HTTPError, match="404") as caught:
            urllib.request.urlopen(address + "etc/passwd")
        caught.value.close()
    finally:
        serving.shutdown()
        serving.server_close()
        thread.join()


def in_browser(page: str, folder: Path, name: str) -> np.ndarray[Any, Any]:
    target, shot = folder / f"{name}.html", folder / f"{name}.png"
    target.write_text(page, encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    size = ["--window-size=900,600", "--virtual-time-budget=4000"]
    command = [str(CHROMIUM), *FLAGS, profile, *size, f"--screenshot={shot}", target.as_uri()]
    subprocess.run(command, capture_output=True, timeout=180, check=True)
    return np.asarray(Image.open(shot).convert("RGB")).astype(int)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian package: chromium)")
def test_page_in_a_browser(bar: Result, tmp_path: Path) -> None:
    page = web.results_page([bar], "bar")
    image = in_browser(page, tmp_path, "page")
    middle = image[100:560, 300:700]
    assert ((middle.max(axis=2) - middle.min(axis=2)) > 60).mean() > 0.05
    other = page.replace("document.body.dataset.drawn =", '$("factor").value = "4"; draw(); document.body.dataset.drawn =')
    assert other != page
    assert np.abs(in_browser(other, tmp_path, "more")[100:560, 300:700] - middle).mean() > 0.5
