"""All rows of the shipped files can be listed and shown, each with its source and certainty, and none can be changed."""

from __future__ import annotations

import pytest

from mechlock.errors import InputError
from mechlock.loads.standards import STATUSES, as_plain, find_record, list_records, read_records, shipped_records, show_record


def test_every_row_states_source_certainty_and_status():
    for record in shipped_records():
        assert record.source
        assert record.certainty
        assert record.status in STATUSES


def test_kinds_are_those_of_the_files():
    kinds = {record.kind for record in shipped_records()}
    assert {"pulse", "corridor", "psd", "sine_dwell", "sine_sweep", "static_case", "class", "vehicle", "event"} <= kinds
    assert [record.id for record in list_records("class")] == list("ABCDEFGH")


def test_show_prints_figures_and_provenance():
    text = show_record(find_record("GB38031_mech_shock"))
    assert "peak_g" in text
    assert "7.0" in text
    assert "certainty" in text


def test_rows_are_frozen_to_the_core():
    record = find_record("GB38031_nonM1N1_sine")
    with pytest.raises(TypeError):
        record.values["f_Hz"] = 3  # type: ignore[index]
    with pytest.raises(TypeError):
        record.values["amp_g"]["x"] = 3
    assert as_plain(record.values)["amp_g"] == {"x": 2.0, "y": 1.5, "z": 1.5}


def test_kind_must_match():
    with pytest.raises(InputError, match="no psd is called 'GB38031_mech_shock'"):
        find_record("GB38031_mech_shock", "psd")


def test_a_missing_figure_is_named():
    with pytest.raises(InputError, match="lacks 'peak_kN'"):
        find_record("GB38031_mech_shock").value("peak_kN")


def test_two_rows_of_one_name_are_refused(tmp_path):
    row = '[[psd]]\nid = "a"\nstatus = "found"\nsource = "s"\ncertainty = "high"\n'
    path = tmp_path / "twice.toml"
    path.write_text(row + row)
    with pytest.raises(InputError, match="two rows are called 'a'"):
        read_records(path)


def test_a_table_instead_of_rows_is_refused(tmp_path):
    path = tmp_path / "odd.toml"
    path.write_text("psd = 3\n")
    with pytest.raises(InputError, match="list of tables"):
        read_records(path)
