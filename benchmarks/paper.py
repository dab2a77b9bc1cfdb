"""The paper beside its own tools: typst alone setting the same words in the same sizes and weights,
with symbols made beforehand on both sides; `qrcode` alone making the same symbols; pdfium alone
rasterising the same pages, whole. A shop takes five sheets, its plate and four notices, each with
its own code.
"""

import json
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any

import pypdfium2
import qrcode
import typst
from qrcode import constants

from qr import Plate, Poster, door_url, font_folder, symbol
from qr.check import SCALE
from qr.payload import check_url
from qr.pile import READING, Pack, Stack, pile
from qr.symbol import drawing

SHOPS = 40
ROUNDS = 3
BASE = "https://mq.mtg.example.cn"
CLAUSES = [
    f"第{number}条 招牌、橱窗、台阶、坡道自己养护。发现缺字、断亮、松动的，3日内修好；"
    "有坠落危险的，立即停用并设围挡。"
    for number in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
]

Words = list[tuple[float, int, str]]
"""Size in points, weight, text."""

Row = tuple[str, float, float, float]

PLAIN = """
#let data = json(bytes(sys.inputs.data))
#set text(font: "Noto Sans SC", lang: "zh", region: "cn")
#set par(justify: true)
#for sheet in data {
  let (width, height, side) = sheet.format.map(it => it * 1mm)
  page(width: width, height: height, margin: 10mm, {
    square(size: 14mm, fill: red)
    line(length: 100%)
    for (size, weight, words) in sheet.words { par(text(size: size * 1pt, weight: weight, words)) }
    image(bytes(sheet.symbol), format: "svg", width: side)
  })
}
"""


def rows() -> list[Row]:
    """Return (work, our seconds, seconds beside, ratio); the ratio is how many times as long."""
    _pile([_pack(0)])  # libraries and font are loaded once
    rounds = [_round(number) for number in range(1, ROUNDS + 1)]
    return [
        _best(f"{5 * SHOPS} plates and notices", [printing for printing, _, _ in rounds]),
        _best(f"{SHOPS} symbols", [making for _, making, _ in rounds]),
        _best(f"{5 * SHOPS} codes read back", [reading for _, _, reading in rounds]),
    ]


def _round(number: int) -> list[tuple[float, float]]:
    """Time each work and what is beside it, on sheets no round had before: typst remembers."""
    packs = [_pack(shop) for shop in range(number * SHOPS, number * SHOPS + SHOPS)]
    plates = [pack.plate for pack in packs if pack.plate]
    posters = [poster for pack in packs for poster in pack.posters]
    urls = [plate.url for plate in plates]
    alone = _alone([*map(_plain_plate, plates), *map(_plain_poster, posters)])
    for url in [*urls, *(poster.url for poster in posters)]:
        drawing(url)
    setting, reading, pdf = _pile(packs)
    return [
        (setting, _seconds(alone)),
        (_seconds(lambda: [symbol(url) for url in urls]), _seconds(lambda: [*map(_stock, urls)])),
        (reading, _seconds(lambda: _rasterised(pdf))),
    ]


def _best(work: str, times: Sequence[tuple[float, float]]) -> Row:
    """Return the row of the fastest of each side: a busy machine only ever adds."""
    ours, beside = (min(side) for side in zip(*times, strict=True))
    return work, ours, beside, ours / beside


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _pile(packs: Sequence[Pack]) -> tuple[float, float, bytes]:
    """Return the seconds of setting a lane's pile, those of reading it back, and the pile."""
    moments: list[tuple[str, float]] = []
    start = time.perf_counter()
    made = pile(
        [Stack("大峪街道", "月季园路", tuple(packs))],
        told=lambda stage, _done, _total: moments.append((stage, time.perf_counter())),
    )
    end = time.perf_counter()
    begun = next(at for stage, at in moments if stage == READING)
    return begun - start, end - begun, made.pdf


def _alone(sheets: list[dict[str, Any]]) -> Callable[[], object]:
    """Prepare one plain typst document of all sheets."""
    data = json.dumps(sheets, ensure_ascii=False)
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
    )
    return lambda: typst.compile(
        PLAIN.encode(), font_paths=fonts, sys_inputs={"data": data}, pdf_tags=False
    )


def _stock(url: str) -> None:
    code = qrcode.QRCode(error_correction=constants.ERROR_CORRECT_H)
    code.add_data(url, optimize=0)
    code.make()


def _rasterised(pdf: bytes) -> None:
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            page.render(scale=SCALE, grayscale=True).to_pil()


def _pack(shop: int) -> Pack:
    plate = _plate(shop)
    posters = tuple(_poster(4 * shop + notice) for notice in range(4))
    address = f"北京市门头沟区大峪街道月季园路{shop}号"
    return Pack(str(shop), plate.number, plate.shop_name, address, plate, posters)


def _url(number: int) -> str:
    return door_url(BASE, f"{number:016d}")


def _plate(number: int) -> Plate:
    return Plate(
        _url(number), f"京西样例商店第{number}号", f"MTG-DY{number:05d}-K", "月季园路", "大峪街道"
    )


def _poster(number: int) -> Poster:
    """Four posters a shop, as a district prints them, each with words of its own."""
    clauses = islice(cycle(CLAUSES), number % 12, number % 12 + 12)
    return Poster(
        url=check_url(BASE, f"{number:016X}"),
        door_number=f"MTG-DY{number:05d}-K",
        shop_name=f"京西样例商店第{number}号",
        lane="月季园路",
        township="大峪街道",
        title="商户自治公约",
        number=f"GY-{number:05d}",
        version="2026-1",
        paragraphs=[f"{clause}（第{number}号）" for clause in clauses],
        validity="2026年3月20日至2027年3月19日",
        text_hash=f"{number:064x}",
    )


def _plain_plate(plate: Plate) -> dict[str, Any]:
    words: Words = [
        (14, 800, "门前"),
        (19, 700, "四公示一台账"),
        (8, 400, "自治公约·承诺书·三包责任·垃圾收运·巡查台账"),
        (11, 500, plate.township),
        (9, 400, plate.lane),
        (28, 700, plate.shop_name),
        (22, 700, plate.number),
        (15, 700, "本码不收费、不下载、不登录"),
        (9.5, 400, "扫码打开的网址应为"),
        (9.5, 700, "mq.mtg.example.cn"),
    ]
    return {"format": (148, 210, 127), "words": words, "symbol": symbol(plate.url).svg()}


def _plain_poster(poster: Poster) -> dict[str, Any]:
    words: Words = [
        (14, 800, "门前"),
        (18, 700, "四公示一台账"),
        (9, 400, "公示内容以扫码所见的最新状态为准"),
        (12, 500, poster.township),
        (10, 400, poster.lane),
        (27, 700, poster.title),
        (13, 500, poster.shop_name),
        *((11, 400, paragraph) for paragraph in poster.paragraphs),
        (14, 700, "扫码核对这份公示，看本店台账"),
        (9.5, 400, f"有效期 {poster.validity}"),
        (9.5, 400, f"文书编号 {poster.number} 版本 {poster.version}"),
        (9.5, 400, f"门牌编号 {poster.door_number}"),
        (9.5, 400, f"校验码 {poster.text_hash[:12]}"),
        (9, 700, "本码不收费、不下载、不登录"),
        (9, 400, "网址应为 mq.mtg.example.cn"),
    ]
    return {"format": (210, 297, 46), "words": words, "symbol": symbol(poster.url).svg()}
