"""Tables are read from whatever file a desk has, and never let a file do harm."""

import io
import re
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from compliance.errors import InvalidInput
from merchants_app import tables, unpacking
from merchants_app.tables import read_tables, write_table
from merchants_app.words import known

WORKSHEET = "xl/worksheets/sheet1.xml"
INSTANT = datetime.fromisoformat("2027-08-11T09:30:00")  # spreadsheets know no zones
SHEET_XML = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
    b'2006/main"><sheetData>%s</sheetData></worksheet>'
)
TEXT = "商户名称,备注\r\n京西𬭎店,一\r\n"


def workbook(fill):
    """Return the bytes of a workbook that `fill` writes into."""
    held = io.BytesIO()
    with Workbook(held) as book:
        fill(book)
    return held.getvalue()


def simple():
    return workbook(lambda book: book.add_worksheet("一").write(0, 0, "甲"))


def changed(data, part, change):
    """Return an archive with one part changed, or added."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        for name in names if part in names else [*names, part]:
            content = old.read(name) if name in names else b""
            new.writestr(name, change(content) if name == part else content)
    return held.getvalue()


def cells(data, filename="list.xlsx"):
    return [[row for _, row in sheet.rows] for sheet in read_tables(data, filename)]


def refusal(data, filename="list.xlsx"):
    with pytest.raises(InvalidInput) as refused:
        read_tables(data, filename)
    code = refused.value.code
    assert known("zh", f"error.{code}")
    assert known("en", f"error.{code}")
    return code


def test_sheets_come_with_their_names_and_rows_with_their_numbers():
    def fill(book):
        book.add_worksheet("大峪街道").write_row(2, 1, ["甲", 8, 1.5])
        book.add_worksheet("说明").write(0, 0, "乙")

    first, second = read_tables(workbook(fill), "a.xlsx")

    assert (first.name, second.name) == ("大峪街道", "说明")
    assert list(first.rows) == [
        (1, ["", "", "", ""]),
        (2, ["", "", "", ""]),
        (3, ["", "甲", 8.0, 1.5]),
    ]


def test_days_come_as_dates():
    def fill(book):
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet().write_datetime(0, 0, date(2027, 8, 11), form)

    assert cells(workbook(fill)) == [[[date(2027, 8, 11)]]]


def test_hidden_sheets_are_not_read():
    def fill(book):
        book.add_worksheet("今年").write(0, 0, "甲")
        old = book.add_worksheet("去年")
        old.write(0, 0, "乙")
        old.hide()

    assert [sheet.name for sheet in read_tables(workbook(fill), "a.xlsx")] == ["今年"]


def test_a_value_merged_down_a_column_stands_in_each_row_and_a_title_stands_once():
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 2, "标题")
        sheet.merge_range(1, 0, 3, 0, "大峪街道")
        sheet.write_column(1, 1, ["甲", "乙", "丙"])
        sheet.merge_range(10, 5, 12, 5, "")

    rows = cells(workbook(fill))[0]

    assert [row[:2] for row in rows[:4]] == [
        ["标题", ""],
        ["大峪街道", "甲"],
        ["大峪街道", "乙"],
        ["大峪街道", "丙"],
    ]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", ";").encode("gb18030"),
        TEXT.replace("\r\n", "\n").encode(),
    ],
)
def test_a_text_file_is_read_in_any_usual_encoding(data):
    (sheet,) = read_tables(data, "C:\\底册\\大峪街道.csv")

    assert sheet.name == "大峪街道"
    assert list(sheet.rows) == [(1, ["商户名称", "备注"]), (2, ["京西𬭎店", "一"])]


def test_quoted_commas_and_line_breaks_stay_in_their_cell():
    assert cells(b'a,"b,c\nd"\r\ne,f', "a.csv") == [[["a", "b,c\nd"], ["e", "f"]]]


def test_the_content_decides_and_not_the_name():
    assert cells(simple(), "list.csv") == [[["甲"]]]
    assert cells(b"a,b", "list.xlsx") == [[["a", "b"]]]


def other_zip():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "import.file_empty"),
        (b" \r\n\t", "import.file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "import.file_old_excel"),
        (b"\x89PNG\r\n\x1a\n\xff\xff\xfe", "import.file_encoding"),
        (b"%PDF-1.7\x00\x00", "import.file_not_a_table"),
        (other_zip(), "import.file_not_a_table"),
        (simple()[:-40], "import.file_damaged"),
        (b"PK\x03\x04" + b"\x00" * 100, "import.file_damaged"),
        (changed(simple(), WORKSHEET, lambda xml: xml[:-20]), "import.file_damaged"),
        (changed(simple(), "xl/workbook.xml", lambda _: b"<x/>"), "import.file_damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(data, code):
    assert refusal(data) == code


@pytest.mark.parametrize("place", range(5, 4800, 400))
def test_a_file_with_a_damaged_byte_is_read_or_refused_with_its_reason(place):
    data = bytearray(simple())
    data[place] ^= 0xFF
    try:
        told = cells(bytes(data))
    except InvalidInput as refused:
        told = refused.code

    assert told in ([[["甲"]]], "import.file_damaged", "import.file_not_a_table")


def sheet_of(xml):
    """Return a small archive whose sheet holds `xml`, whatever that unpacks to."""
    return changed(simple(), WORKSHEET, lambda _: SHEET_XML % xml)


def white_space():
    return sheet_of(b" " * (300 * 2**20))


def far_corner():
    return sheet_of(b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>')


def long_row_above_many_short_ones():
    cell = b"<c><v>1</v></c>"
    return sheet_of(b"<row>" + cell * 2_000 + b"</row>" + (b"<row>" + cell + b"</row>") * 20_000)


def one_long_text_everywhere():
    strings = b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>"
    rows = b'<row><c t="s"><v>0</v></c></row>' * 60_000
    return changed(sheet_of(rows), "xl/sharedStrings.xml", lambda _: strings)


HARMFUL = {
    white_space: "import.too_many_cells",
    lambda: lying(white_space()): "import.file_damaged",
    far_corner: "import.too_many_cells",
    long_row_above_many_short_ones: "import.too_many_cells",
    one_long_text_everywhere: "import.too_many_cells",
}


@pytest.mark.parametrize(("make", "code"), HARMFUL.items())
def test_a_file_made_to_hurt_is_refused_and_hurts_nobody(make, code):
    data = make()
    assert len(data) < 2**20

    tracemalloc.start()
    try:
        assert refusal(data) == code
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def lying(data):
    """Return an archive in which the largest part says that it is small."""
    size = max(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
    return data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(tables, "SECONDS", 0.001)

    assert refusal(simple()) == "import.too_many_cells"


def test_entities_are_not_unfolded():
    laughs = b'<!DOCTYPE x [<!ENTITY a "%s">]><x>&a;</x>' % (b"a" * 1000)

    assert refusal(changed(simple(), "xl/workbook.xml", lambda _: laughs)) == "import.file_damaged"


def test_rows_without_references_are_counted_and_read():
    rows = b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"

    assert cells(sheet_of(rows)) == [[[1.0, 2.0], [3.0, ""]]]


def test_a_text_file_with_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_ROWS", 100)

    assert refusal(b"a,b\n" * 101, "a.csv") == "import.too_many_cells"
    assert len(read_tables(b"a,b\n" * 100, "a.csv")[0].rows) == 100


def test_a_file_larger_than_any_list_is_refused(monkeypatch):
    monkeypatch.setattr(tables, "LARGEST_FILE", 1000)

    assert refusal(b"a,b\n" * 500, "a.csv") == "import.file_too_large"


def written(headers, rows, title="巡查日报"):
    """Return the sheet that comes back from a table written, title and header first."""
    (sheet,) = read_tables(write_table(title, headers, rows), "out.xlsx")
    return [list(row) for _, row in sheet.rows]


def test_a_table_comes_back_as_it_was_written():
    rows = [["甲", 8, 1.5, date(2027, 8, 11), INSTANT, None]]
    title, header, row = written(list("abcdef"), rows)

    assert title[0] == "巡查日报"
    assert header == list("abcdef")
    assert row == ["甲", 8.0, 1.5, date(2027, 8, 11), INSTANT, ""]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "{=1}", "＝1", "http://x", "1e5"]
)
def test_a_text_stays_a_text_whatever_it_begins_with(text):
    data = write_table("导出", ["a"], [[text]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(WORKSHEET)

    assert b"<f>" not in xml
    assert b"hyperlink" not in xml
    assert cells(data)[0][2][0] == text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_every_text_comes_back(text):
    assert written(["a"], [[text]])[2][0] == text


def test_the_header_is_frozen_filtered_and_printed_on_every_page():
    with zipfile.ZipFile(io.BytesIO(write_table("导出", ["a", "b"], [["x", 1]] * 3))) as archive:
        xml = archive.read(WORKSHEET).decode()
        book = archive.read("xl/workbook.xml").decode()

    assert 'ySplit="2"' in xml
    assert 'state="frozen"' in xml
    assert '<autoFilter ref="A2:B5"' in xml
    assert "$2:$2" in book


def test_columns_are_as_wide_as_their_content_within_bounds():
    data = write_table("导出", ["a", "b", "c"], [["宽" * 10, "x" * 200, 1]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        widths = re.findall(rb'<col [^>]*width="([0-9.]+)"', archive.read(WORKSHEET))

    assert [round(float(width)) for width in widths] == [23, 49, 9]


@pytest.mark.parametrize("title", ["巡查[日报]: 大峪/龙泉?*\\", "长" * 60, "'引号'", "/", ""])
def test_any_title_can_be_the_name_of_a_sheet(title):
    assert written(["a"], [["x"]], title=title)[1:] == [["a"], ["x"]]


def test_a_table_may_be_empty_or_come_row_by_row():
    assert written(["a", "b"], [])[1] == ["a", "b"]
    assert len(written(["a"], ([number] for number in range(500)))) == 502


def test_a_text_longer_than_a_cell_is_cut_and_not_lost():
    assert len(written(["a"], [["长" * 40_000]])[2][0]) == tables.MOST_TEXT
