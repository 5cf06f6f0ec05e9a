"""Exported CSV keeps accents in a spreadsheet and runs no formula (hazard 19)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_district.sis.csv_out import write_csv


def cells(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_spreadsheet_reads_the_accents():
    data = write_csv(["name"], [["Niña"]])
    assert data == b"\xef\xbb\xbfname\r\nNi\xc3\xb1a\r\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " ="])
def test_no_cell_is_a_formula(start):
    (_header, (cell,)) = cells(write_csv(["x"], [[start + "1+1"]]))
    assert cell == f"'{start}1+1"


CELLS = st.lists(st.sampled_from("añ0 ;,\"'=+-@\t\r\n"), min_size=1).map("".join)


@given(st.lists(CELLS, min_size=1, max_size=3))
def test_every_other_cell_comes_back_as_it_was(row):
    (_header, read) = cells(write_csv(["x"] * len(row), [row]))
    assert [cell.removeprefix("'") for cell in read] == [
        cell.removeprefix("'") for cell in row
    ]
