"""Plates and posters: what they say, where the code stands, and that nothing else gets near it."""

from dataclasses import replace

import pytest

from qr import (
    INDOOR,
    OUTDOOR,
    DoesNotFit,
    MissingGlyph,
    label_sheet,
    plate_sheet,
    poster_pdf,
    read_label,
    symbol,
    verify_codes,
)
from qr.poster import POSTER
from tests.paper.reading import (
    BASE,
    LONG,
    MARKUP,
    PIXELS,
    bare,
    looked_at,
    pages,
    pictures,
    plate,
    poster,
    words,
)

LABELS = label_sheet(read_label("70x37"))
ROLL = label_sheet(read_label("60x80,page=roll"))
SHEETS = {"outdoor": OUTDOOR, "indoor": INDOOR, "labels": LABELS, "roll": ROLL, "poster": POSTER}
RARE_NAMES = "㙍𣲗囧鱻䶮喆燚㛃𬭎𫍯𬱖𫖮龘靐䲜㸌𠅤翀祎赟犇骉堃𠙶"
NAMES = ["鑫", "京西雅京手机维修", LONG, "店" * 80, "W" * 80, "Wagas & Söhne Coffee 门前店", MARKUP]
CLAUSE = "第八条 相邻商户结为“门前搭档”，每月互看一次，先提醒、后登记；《公约》（第一版）写明：“有争议的，由街巷长到场。”"


@pytest.fixture(scope="module", params=SHEETS.values(), ids=SHEETS)
def printed(request):
    """Every layout, filled with names that are hard to set; and what was ordered."""
    sheet = request.param
    if sheet is POSTER:
        items = [poster(at, shop_name=name) for at, name in enumerate(NAMES)]
        return sheet, items, poster_pdf(items)
    items = [
        plate(at, shop_name=name, contacts=("市民热线 12345",)) for at, name in enumerate(NAMES)
    ]
    return sheet, items, plate_sheet(items, sheet)


def test_every_code_reads_back(printed):
    _, items, pdf = printed

    verify_codes(pdf, [item.url for item in items])


def test_every_name_is_there_as_text_and_as_it_was_given(printed):
    _, _, pdf = printed
    text = words(pdf)

    assert [name for name in NAMES if bare(name) not in text] == []


def test_symbols_are_vectors(printed):
    assert pictures(printed[2]) == 0


def test_a_page_holds_what_the_sheet_says(printed):
    sheet, items, pdf = printed

    assert len(pages(pdf)) == -(-len(items) // len(sheet.codes))


def test_nothing_is_printed_into_the_quiet_zone(printed):
    sheet, items, pdf = printed
    for number, item in enumerate(items):
        place = sheet.codes[number % len(sheet.codes)]
        page = looked_at(pdf, number // len(sheet.codes))
        size = symbol(item.url).size
        zone = page.crop(tuple(round(edge * PIXELS) for edge in _box(place.x, place.y, place.side)))

        ink = zone.point(lambda grey: 255 - grey).getbbox()

        quiet = place.side * 4 / (size + 8) * PIXELS
        inked = place.side * PIXELS - quiet
        assert ink == pytest.approx((quiet, quiet, inked, inked), abs=1.5)


def _box(x, y, side):
    return x, y, x + side, y + side


def test_every_sheet_says_what_the_code_is_for(printed):
    sheet, items, pdf = printed
    text = words(pdf)

    assert text.count("本码不收费、不下载、不登录") == len(items)
    assert text.count("四公示一台账") == (0 if sheet in {LABELS, ROLL} else len(items))
    assert text.count("mq.mtg.example.cn") == len(items)
    assert all(f"MTG-DY{number:05d}-K" in text for number in range(len(items)))
    assert text.count("12345") == (0 if sheet is POSTER else len(items))
    assert text.count("室内用·0.5米内扫码") == (len(items) if sheet is INDOOR else 0)
    assert text.count("请在0.4米内扫码") == (len(items) if sheet is LABELS else 0)
    assert text.count("请在0.6米内扫码") == (len(items) if sheet is ROLL else 0)


def test_the_head_of_a_plate_stays_on_its_lines():
    [text] = pages(
        plate_sheet(
            [plate(township="妙峰山风景区管理委员会", lane="涧沟村玫瑰谷东侧游客服务街北段")]
        )
    )

    assert "自治公约·承诺书·三包责任·垃圾收运·巡查台账" in text.splitlines()


def test_the_same_order_gives_the_same_bytes(printed):
    sheet, items, pdf = printed

    assert (poster_pdf(items) if sheet is POSTER else plate_sheet(items, sheet)) == pdf


def test_modules_are_as_large_as_measured_reading_asks():
    modules = symbol(plate().url).size + 8

    assert modules == 41
    assert OUTDOOR.codes[0].side / modules == pytest.approx(3.1, abs=0.05)
    assert all(code.side / modules == pytest.approx(1.2, abs=0.02) for code in INDOOR.codes)


@pytest.mark.parametrize("sheet", [OUTDOOR, INDOOR, LABELS, ROLL], ids=list(SHEETS)[:4])
def test_rare_names_are_printed_and_a_character_without_a_glyph_is_refused_by_name(sheet):
    pdf = plate_sheet([plate(shop_name=RARE_NAMES)], sheet)

    assert RARE_NAMES in words(pdf)
    with pytest.raises(MissingGlyph) as refused:
        plate_sheet([plate(), plate(shop_name="𪚥记面馆")], sheet)
    assert refused.value.characters == ("𪚥",)
    assert "𪚥" in str(refused.value)


@pytest.mark.parametrize("sheet", [OUTDOOR, INDOOR, LABELS, ROLL], ids=list(SHEETS)[:4])
def test_a_blank_plate_has_a_serial_and_a_line_for_the_name(sheet):
    item = plate(shop_name="", number="KB-DY00012-7", contacts=("市民热线 12345",))

    pdf = plate_sheet([item], sheet)

    verify_codes(pdf, [item.url])
    assert "KB-DY00012-7" in words(pdf)
    assert "店名" in words(pdf)


def test_a_large_order_is_joined_in_order_and_tells_how_far_it_is():
    told = []
    items = [plate(number) for number in range(150)]

    pdf = plate_sheet(items, progress=lambda done, total: told.append((done, total)))

    assert told == [(144, 150), (150, 150)]
    assert [f"MTG-DY{at:05d}-K" in text for at, text in enumerate(pages(pdf))] == [True] * 150


def test_an_indoor_order_fills_whole_sheets_across_chunks():
    pdf = plate_sheet([plate(number) for number in range(149)], INDOOR)

    verify_codes(pdf, [plate(number).url for number in range(149)])
    assert len(pages(pdf)) == 19


@pytest.mark.parametrize("make", [plate_sheet, poster_pdf])
def test_nothing_ordered_is_a_mistake(make):
    with pytest.raises(ValueError, match="nothing"):
        make([])


@pytest.mark.parametrize(
    ("make", "item"),
    [
        (plate_sheet, plate(7, shop_name="店" * 400)),
        (plate_sheet, plate(7, contacts=("综合执法队 010-0000 0000",) * 20)),
        (poster_pdf, poster(7, paragraphs=("门前三包，人人有责。" * 900,))),
        (poster_pdf, poster(7, facts=(("收运时段", "每日"),) * 40)),
    ],
)
def test_what_does_not_fit_is_refused_with_its_number_and_never_cut(make, item):
    with pytest.raises(DoesNotFit, match=item.number):
        make([item])


def test_long_hosts_take_a_larger_symbol_in_the_same_place():
    item = replace(plate(), url=f"HTTPS://{'LANG.' * 6}EXAMPLE.CN/Q/{'0' * 16}")
    assert symbol(item.url).version > 4

    for sheet in (OUTDOOR, INDOOR):
        verify_codes(plate_sheet([item], sheet), [item.url])


def test_a_poster_is_set_as_large_as_its_page_allows():
    def height(paragraphs):
        ink = looked_at(poster_pdf([poster(paragraphs=paragraphs)])).crop(
            (20 * PIXELS, 65 * PIXELS, 190 * PIXELS, 237 * PIXELS)
        )
        return ink.point(lambda grey: 255 - grey).getbbox()[3] / PIXELS

    clauses = [CLAUSE[: 20 + 7 * more % 40] + CLAUSE * (more % 3) for more in range(18)]

    reached = [height(clauses[:number]) for number in (6, 9, 13, 18)]

    assert all(145 < millimetres <= 172 for millimetres in reached), reached


def test_a_poster_whose_type_was_guessed_too_large_is_measured():
    wide = "本店" + "WM" * 1300  # letters half as wide again as a Latin letter is taken for

    pdf = poster_pdf([poster(1), poster(2, paragraphs=(wide,)), poster(3)])

    assert len(pages(pdf)) == 3
    assert wide in words(pdf)


def test_a_line_never_starts_or_ends_with_the_wrong_mark():
    clauses = [CLAUSE + "店" * more + CLAUSE for more in range(20)]
    lines = [
        line
        for text in pages(poster_pdf([poster(paragraphs=clauses)]))
        for line in text.splitlines()
        if line
    ]

    assert len(lines) > 50
    assert [line for line in lines if line[0] in "，。、；：）》”"] == []
    assert [line for line in lines if line[-1] in "（《“"] == []


def test_a_poster_carries_what_is_needed_to_check_it():
    text = words(poster_pdf([poster(facts=(("收运时段", "每日21:00"),))]))

    for said in (
        "2026年3月20日至2027年3月19日",
        "CN-00001",
        "版本2026-1",
        "3F2A91C0D4E7",
        "收运时段每日21:00",
    ):
        assert said in text


def test_a_name_is_data_and_never_markup():
    hostile = '"+read("/etc/passwd")+"'

    assert hostile in words(plate_sheet([plate(shop_name=hostile)]))
    assert BASE not in words(plate_sheet([plate(shop_name="鑫")]))
