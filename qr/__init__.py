"""The paper: plain values in, bytes out. Symbols, door plates, posters and signed papers are made
and read back here. Nothing of the rest of the house is known here, and no file is read but the
layouts and the font.

| room           | what for                                                                     |
|----------------|------------------------------------------------------------------------------|
| `qr.payload`   | what our codes say, and which are ours: `door_url`, `check_url`              |
| `qr.symbol`    | the QR matrix and its drawings: `symbol(text).svg()`, `.png()`               |
| `qr.fonts`     | the one font, and what it cannot draw: `missing_characters`                  |
| `qr.plates`    | plates for the door and for the counter: `plate_sheet`                       |
| `qr.labels`    | labels by the millimetre: `label_sheet(read_label("70x37"))`                 |
| `qr.poster`    | a notice on one A4: `poster_pdf`                                             |
| `qr.document`  | a notice as a signed paper or as a preview: `document_pdf`                   |
| `qr.seal`      | a PDF sealed with a key and a certificate: `seal_pdf`                        |
| `qr.examine`   | what the seals in any file prove: `examine`                                  |
| `qr.check`     | every printed code read back before release: `verify_codes`                  |
| `qr.press`     | typst, and the joining of PDFs: `joined`                                     |
| `qr.sheet`     | where the codes stand on a page                                              |
| `qr/layouts/`  | how it all looks, in typst                                                   |
"""

from qr.check import UnreadableCode, verify_codes
from qr.document import Drawing, Signature, SignedDocument, document_pdf
from qr.fonts import MissingGlyph, font_folder, missing_characters
from qr.labels import BadLabel, Label, label_sheet, read_label, reading_distance
from qr.payload import ForeignCode, check_url, door_url, read_door_url
from qr.plates import INDOOR, OUTDOOR, Plate, plate_sheet
from qr.poster import Poster, poster_pdf
from qr.press import DoesNotFit, Progress, joined, short_hash
from qr.sheet import Sheet
from qr.symbol import Symbol, modules_across, symbol

__all__ = [
    "INDOOR",
    "OUTDOOR",
    "BadLabel",
    "DoesNotFit",
    "Drawing",
    "ForeignCode",
    "Label",
    "MissingGlyph",
    "Plate",
    "Poster",
    "Progress",
    "Sheet",
    "Signature",
    "SignedDocument",
    "Symbol",
    "UnreadableCode",
    "check_url",
    "document_pdf",
    "door_url",
    "font_folder",
    "joined",
    "label_sheet",
    "missing_characters",
    "modules_across",
    "plate_sheet",
    "poster_pdf",
    "read_door_url",
    "read_label",
    "reading_distance",
    "short_hash",
    "symbol",
    "verify_codes",
]
