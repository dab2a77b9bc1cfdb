"""Letters of a batch as paper: the words a phone would have shown, on one sheet a shop."""

from collections.abc import Sequence

from compliance.act import LOCAL
from compliance.messages.listing import Told
from compliance.messages.models import LetterBatch
from compliance.messages.service import Letter
from merchants_app.settings import Settings
from merchants_app.words import translate
from qr import door_url, verify_codes
from qr import letter as paper


def words_of(message: Told, lang: str) -> str:
    """Return what a message says, or only its kind when the words are nobody's business."""
    if message.is_secret:
        return translate(lang, "message.hidden")
    return translate(lang, f"message.{message.template}", **message.params)


def letters_pdf(settings: Settings, batch: LetterBatch, letters: Sequence[Letter]) -> bytes:
    """Return the batch's sheets in the order of the walk: as often as asked, the same words."""
    day = batch.printed_at.astimezone(LOCAL)
    sheets = [
        paper.Letter(
            shop=letter.shop,
            number=letter.number,
            lane=letter.lane,
            township=letter.township,
            url=door_url(settings.base_url, letter.door) if letter.door else "",
            notes=[
                (f"{message.queued_at.astimezone(LOCAL):%m-%d %H:%M}", words_of(message, "zh"))
                for message in letter.messages
            ],
        )
        for letter in letters
    ]
    made = paper.letters_pdf(sheets, f"{day.year}年{day.month}月{day.day}日", settings.hotline)
    verify_codes(made, [sheet.url for sheet in sheets if sheet.url])
    return made
