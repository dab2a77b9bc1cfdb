"""What a plate says, and on which sheet: from a shop or a blank plate, the settings, and the layout
asked for, by its name or by numbers.
"""

from collections.abc import Sequence

import qr
from compliance.errors import InvalidInput
from compliance.merchants.blanks import Batch, Plate
from compliance.merchants.shops import Shop
from merchants_app.settings import Settings

LAYOUTS: dict[str, qr.Sheet] = {"outdoor": qr.OUTDOOR, "indoor": qr.INDOOR}
LABEL = "label"
"""The layout given by numbers, as `qr.read_label` reads them."""

NAMES = (*LAYOUTS, LABEL)
USUAL_LABELS = ("70x37", "100x70", "60x80,page=roll")
"""Sizes sold everywhere: 24 and 8 on A4, and a roll."""

_ANY_TOKEN = "0" * 16

LABEL_CODES = {
    "unclear": "print.label_unclear",
    "off_page": "print.label_off_page",
    "too_small": "print.label_too_small",
}


def layout_of(name: str, label: str, settings: Settings) -> qr.Sheet:
    """Return the sheet of a layout; `label` are the numbers of the layout LABEL.

    Raises InvalidInput naming the field `label` when the numbers make no label, or one that reads
    from nearer than asked for.
    """
    if name in LAYOUTS:
        return LAYOUTS[name]
    modules = qr.modules_across(len(qr.door_url(settings.base_url, _ANY_TOKEN)))
    try:
        return qr.label_sheet(qr.read_label(label), modules)
    except qr.BadLabel as error:
        code = LABEL_CODES[error.what]
        raise InvalidInput(code, fields={"label": code}, **error.numbers) from error


def plate_of(shop: Shop, settings: Settings) -> qr.Plate:
    """Return the plate of a shop that has a code."""
    return qr.Plate(
        url=qr.door_url(settings.base_url, shop.door),
        shop_name=shop.name,
        number=shop.number,
        lane=shop.lane,
        township=shop.township,
        contacts=contacts(settings, shop.township_code, shop.township, shop.lane),
    )


def blank_plates(batch: Batch, plates: Sequence[Plate], settings: Settings) -> list[qr.Plate]:
    """Return the plates of a batch that are still to be bound, with a line for the name."""
    return [
        qr.Plate(
            url=qr.door_url(settings.base_url, plate.token),
            shop_name="",
            number=plate.serial,
            lane=batch.lane,
            township=batch.township,
            contacts=contacts(settings, batch.township_code, batch.township, batch.lane),
        )
        for plate in plates
        if plate.bound_at is None
    ]


def contacts(settings: Settings, township_code: str, township: str, lane: str) -> tuple[str, ...]:
    """Return whom one may turn to: roles and offices, never a person's own phone."""
    told = [f"{lane}街巷长"] if lane else []
    if line := settings.office_lines.get(township_code):
        told.append(f"{township}综合行政执法队 {line}")
    return (*told, f"市民热线 {settings.hotline}")


def checked_pdf(made: Sequence[qr.Plate], sheet: qr.Sheet) -> bytes:
    """Return the plates as a PDF whose every code was read back."""
    try:
        pdf = qr.plate_sheet(made, sheet)
        qr.verify_codes(pdf, [plate.url for plate in made])
    except qr.DoesNotFit as error:
        raise InvalidInput("print.does_not_fit", text=str(error)[:80]) from error
    except qr.MissingGlyph as error:
        characters = "、".join(error.characters)
        raise InvalidInput("print.glyph_missing", name=error.text, characters=characters) from error
    except qr.UnreadableCode as error:
        raise InvalidInput("print.unreadable", page=error.page) from error
    return pdf
