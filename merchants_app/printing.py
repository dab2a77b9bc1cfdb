"""Where shops and paper meet: door plates and notice posters, every code read back first."""

from collections.abc import Sequence
from dataclasses import dataclass

import qr
from compliance.errors import InvalidInput
from compliance.merchants.shops import Shop
from compliance.notices.service import Paper
from merchants_app.papers import notice_poster
from merchants_app.settings import Settings
from qr.press import Progress
from qr.sheet import Sheet

LAYOUTS: dict[str, Sheet] = {"outdoor": qr.OUTDOOR, "indoor": qr.INDOOR}


@dataclass(frozen=True, slots=True)
class Sorted:
    """Shops that can be printed, and those that cannot, each with the reason's code and detail."""

    printable: Sequence[Shop]
    left_out: Sequence[tuple[Shop, str, str]]


def sort_out(shops: Sequence[Shop]) -> Sorted:
    """Part shops without a code, and names that the font cannot draw, from the others."""
    printable, left_out = [], []
    for shop in shops:
        missing = qr.missing_characters(shop.name + shop.lane + shop.township)
        if not shop.door:
            left_out.append((shop, "print.no_code", ""))
        elif missing:
            left_out.append((shop, "print.glyph_missing", "、".join(missing)))
        else:
            printable.append(shop)
    return Sorted(printable, left_out)


def plates_pdf(
    shops: Sequence[Shop], settings: Settings, layout: str, progress: Progress | None = None
) -> bytes:
    """Return the door plates of `shops`, not yet read back."""
    plates = [
        qr.Plate(
            url=qr.door_url(settings.base_url, shop.door),
            shop_name=shop.name,
            number=shop.number,
            lane=shop.lane,
            township=shop.township,
            contacts=(settings.hotline,),
        )
        for shop in shops
    ]
    try:
        return qr.plate_sheet(plates, LAYOUTS[layout], progress)
    except qr.DoesNotFit as error:
        raise InvalidInput("print.does_not_fit", text=str(error)[:80]) from error


def posters_pdf(
    papers: Sequence[Paper], settings: Settings, progress: Progress | None = None
) -> bytes:
    """Return the posters of notices, not yet read back."""
    try:
        return qr.poster_pdf(
            [notice_poster(paper, settings.base_url) for paper in papers], progress
        )
    except qr.DoesNotFit as error:
        raise InvalidInput("print.does_not_fit", text=str(error)[:80]) from error
    except qr.MissingGlyph as error:
        characters = "、".join(error.characters)
        raise InvalidInput("print.glyph_missing", characters=characters) from error


def check(
    pdf: bytes, doors: Sequence[str], settings: Settings, progress: Progress | None = None
) -> None:
    """Read every code of `pdf` back; raise InvalidInput `print.unreadable` naming the page."""
    try:
        qr.verify_codes(pdf, [qr.door_url(settings.base_url, door) for door in doors], progress)
    except qr.UnreadableCode as error:
        raise InvalidInput("print.unreadable", page=error.page) from error
