"""What cannot be printed is refused by name before anything is drawn."""

import pytest

from qr import MissingGlyph, document_pdf, missing_characters, plate_sheet, poster_pdf
from qr.document import Certificate
from qr.press import LAYOUTS
from tests.paper import reading
from tests.paper.reading import RARE, document, plate, poster

FIELDS = [
    (plate_sheet, plate, "shop_name"),
    (plate_sheet, plate, "lane"),
    (plate_sheet, plate, "township"),
    (plate_sheet, plate, "number"),
    (poster_pdf, poster, "title"),
    (poster_pdf, poster, "shop_name"),
    (poster_pdf, poster, "validity"),
]


def test_rare_names_can_be_printed():
    assert missing_characters(RARE) == []


def test_missing_characters_are_named_once_and_in_order():
    assert missing_characters("王𪚥𪚥丽😀") == ["𪚥", "😀"]


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\ufeff", "\u00ad", "\x00", "\ud800", "\ue000"]
)
def test_what_would_be_invisible_on_paper_is_missing(hidden):
    assert missing_characters(f"门{hidden}前") == [hidden]


def test_a_line_feed_is_no_character():
    assert missing_characters("门\n前") == []


@pytest.mark.parametrize(("make", "sample", "field"), FIELDS)
def test_sheets_refuse_a_missing_character_by_name(make, sample, field):
    items = [sample(1), sample(2, **{field: "王𪚥丽"})]

    with pytest.raises(MissingGlyph, match="U\\+2A6A5") as refused:
        make(items)

    assert refused.value.characters == ("𪚥",)
    assert "𪚥" in refused.value.text


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "𪚥"},
        {"paragraphs": ("好", "𪚥")},
        {"fields": (("商户", "𪚥"),)},
        {"certificate": Certificate((), (), (("今天", "签署", "𪚥"),), (), ())},
        {"status": "𪚥"},
    ],
)
def test_a_document_refuses_a_missing_character_by_name(changes):
    with pytest.raises(MissingGlyph) as refused:
        document_pdf(document(**changes))

    assert refused.value.characters == ("𪚥",)


def test_nothing_is_drawn_when_the_last_of_many_cannot_be():
    told = []
    items = [*map(plate, range(40)), plate(41, shop_name="𪚥")]

    with pytest.raises(MissingGlyph):
        plate_sheet(items, progress=lambda *far: told.append(far))

    assert told == []


def test_the_layouts_themselves_hold_no_character_that_is_missing():
    fixed = {
        file.name: missing_characters(file.read_text("utf-8")) for file in LAYOUTS.glob("*.typ")
    }

    assert {"document.typ", "certificate.typ", "poster.typ"} <= set(fixed)
    assert not any(fixed.values())


@pytest.mark.parametrize(
    "pdf",
    [
        plate_sheet([plate(shop_name=RARE)]),
        poster_pdf([poster(shop_name=RARE)]),
        document_pdf(document(paragraphs=(RARE,))),
    ],
    ids=["plate", "poster", "document"],
)
def test_rare_names_are_read_back_from_the_pdf(pdf):
    assert RARE in reading.words(pdf)
