"""Reading codes on the phone, without a network: what a text is, and photos as they are sent."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import pillow_heif
import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Browser, Page

from merchants_app import pages
from tests.browser.house import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HOST = "mq.mtg.example.cn"
OURS, GONE, NEW = "0123456789ABCDEF", "GGGGGGGGGGGGGGGG", "7777777777777777"
NUMBER, FAR = "MTG-DY00123-O", "MTG-LQ00001-D"
DOOR = f"https://{HOST}/q/{OURS}"

TEXTS = [
    (f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/{OURS}", "ours"),
    (DOOR, "ours"),
    (f"  {DOOR.lower()}\n", "ours"),
    (f"https://{HOST}/q/{GONE}", "withdrawn"),
    (f"https://{HOST}/q/{NEW}", "unknown"),
    (NUMBER, "number"),
    ("mtg dy 00123 o", "number"),
    ("MTG-DY00123-0", "number"),
    ("mtg—dyOOl23—o", "number"),
    ("ｍｔｇ－ｄｙ００１２３－ｏ", "number"),
    ("dy00123o", "number"),
    (FAR, "number of no shop here"),
    ("MTG-DY00124-O", "nonsense check_character"),
    ("DY00123P", "nonsense check_character"),
    (f"http://{HOST}/q/{OURS}", "lookalike scheme"),
    (f"{HOST}/q/{OURS}", "lookalike scheme"),
    (f"https://{HOST}:8443/q/{OURS}", "lookalike port"),
    (f"https://{HOST}:443/q/{OURS}", "lookalike spelling"),
    (f"https://{HOST}./q/{OURS}", "lookalike spelling"),
    (f"https:{HOST}/q/{OURS}", "lookalike spelling"),
    (f"https://{HOST}\\q\\{OURS}", "lookalike spelling"),
    (f"{DOOR}/", "lookalike spelling"),
    (f"{DOOR}?to=pay", "lookalike extra"),
    (f"{DOOR}#x", "lookalike extra"),
    (f"{DOOR}A", "lookalike token"),
    (f"https://{HOST}/q/{OURS[:-1]}U", "lookalike spelling"),
    (f"https://{HOST}/q/{OURS[:-1]}ſ", "lookalike token"),
    (f"https://{HOST}@pay.example.com/q/{OURS}", "lookalike user"),
    (f"https://someone@{HOST}/q/{OURS}", "lookalike user"),
    (f"https://{HOST}.pay.example.com/", "lookalike sub_domain"),
    (f"https://x.{HOST}/q/{OURS}", "lookalike sub_domain"),
    ("https://mq-mtg-example-cn.example.com/", "lookalike sub_domain"),
    ("https://mq.mtg.exarnple.cn/", "lookalike letters"),
    ("https://mq.mtg.examp1e.cn/", "lookalike letters"),
    (f"https://mq.mtg.еxample.cn/q/{OURS}", "lookalike letters"),
    ("https://mq.mtg.xn--xample-2of.cn/", "lookalike letters"),
    (f"https://ｍq.mtg.example.cn/q/{OURS}", "lookalike letters"),
    (f"https://mq%2Emtg.example.cn/q/{OURS}", "lookalike letters"),
    ("https://mq.mtg.exmaple.cn/", "lookalike spelling"),
    ("https://mq.mtg.example.co/", "lookalike spelling"),
    (f"https://pay.example.com/q/{OURS}", "lookalike path"),
    ("https://pay.example.com/u?id=1", "foreign pay.example.com"),
    ("http://10.0.0.7:8080/", "foreign 10.0.0.7:8080"),
    ("weixin://wxpay/bizpayurl?pr=x", "foreign nowhere"),
    ("wxp://f2f0x", "foreign nowhere"),
    ("WIFI:S:kiosk;T:WPA;P:x;;", "foreign nowhere"),
    (f"https://{HOST}/C/0123456789ABCDEF", "nonsense paper"),
    (f"https://{HOST}/sign-in", "nonsense not_a_door"),
    ("6901234567892", "nonsense text"),
    ("   ", "nonsense empty"),
]

READ = """async ([url, texts, told]) => {
  const { code } = await import(url);
  const standing = { [told.ours]: "current", [told.gone]: "withdrawn" };
  const round = {
    byToken: (token) => standing[token] ? { shop: { n: told.number }, standing: standing[token] } : null,
    byNumber: (number) => (number === told.number ? { n: number } : null),
  };
  const short = ({ verdict, why, number, shop, host }) => {
    if (verdict === "foreign") return `${verdict} ${host ?? "nowhere"}`;
    if (verdict === "number") return shop?.n === number ? verdict : `${verdict} of no shop here`;
    return why ? `${verdict} ${why}` : verdict;
  };
  return texts.map((text) => short(code.read(text, { host: told.host, round })));
}"""

REDUCE = """async ([url, files]) => {
  const { photo } = await import(url);
  const text = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(blob);
  });
  return Promise.all(files.map(async (file) => {
    const blob = new Blob([Uint8Array.from(atob(file), (each) => each.charCodeAt(0))]);
    try {
      return await text(await photo.reduce(blob));
    } catch (error) {
      return error.code ?? String(error);
    }
  }));
}"""


@pytest.fixture
def page(house: House, browser: Browser) -> Iterator[Page]:
    """The app's page, for nobody in particular."""
    context = browser.new_context(base_url=house.address)
    opened = context.new_page()
    opened.goto("/patrols/app")
    yield opened
    context.close()


def in_page(page: Page, script: str, *given: Any) -> Any:
    return page.evaluate(script, [pages.static_url("patrol-app.js"), *given])


def test_every_text_is_told_for_what_it_is(page: Page):
    told = {"host": HOST, "ours": OURS, "gone": GONE, "number": NUMBER}

    found = in_page(page, READ, [text for text, _ in TEXTS], told)

    assert dict(zip([text for text, _ in TEXTS], found, strict=True)) == dict(TEXTS)


def test_a_pilot_without_https_knows_its_own_codes(page: Page):
    told = {"ours": OURS, "gone": GONE, "number": NUMBER}
    for host, text, verdict in (
        ("127.0.0.1:8000", f"HTTP://127.0.0.1:8000/Q/{OURS}", "ours"),
        ("127.0.0.1:8000", f"HTTP://127.0.0.1:8001/Q/{OURS}", "lookalike port"),
        ("http://mq.example.cn", f"HTTP://MQ.EXAMPLE.CN/Q/{OURS}", "ours"),
        ("http://mq.example.cn", f"HTTPS://MQ.EXAMPLE.CN/Q/{OURS}", "lookalike scheme"),
    ):
        assert in_page(page, READ, [text], told | {"host": host}) == [verdict], (host, text)


CORNERS = {"red": (0.1, 0.1), "lime": (0.9, 0.1), "blue": (0.1, 0.9), "white": (0.9, 0.9)}
TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How the sensor had the picture, by the EXIF orientation that puts it right (2 to 8: EXIF 2.32)."""


def upright() -> Image.Image:
    """Return a picture whose corners tell which side is up."""
    picture = Image.new("RGB", (2000, 1200))
    for colour, (x, y) in CORNERS.items():
        quarter = Image.new("RGB", (1000, 600), colour)
        picture.paste(quarter, (1000 * round(x), 600 * round(y)))
    return picture


def as_taken(orientation: int) -> bytes:
    """Return the file of a phone held that way, with the place and the phone in its EXIF."""
    turn, exif = TURNS[orientation], Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Examplephone"
    exif.get_ifd(0x8825)[1] = "N"
    taken = upright() if turn is None else upright().transpose(turn)
    return saved(taken, "JPEG", exif=exif)


def saved(picture: Image.Image, form: str, **named: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **named)
    return file.getvalue()


def reduced(page: Page, files: list[bytes]) -> list[bytes | str]:
    """Return what becomes of files: bytes, or the code of a refusal."""
    told = in_page(page, REDUCE, [base64.b64encode(each).decode() for each in files])
    return [each if "." in each else base64.b64decode(each) for each in told]


def test_photos_are_sent_upright_small_and_without_metadata(page: Page):
    for orientation, data in zip(
        TURNS, reduced(page, [as_taken(each) for each in TURNS]), strict=True
    ):
        photo = Image.open(io.BytesIO(data))
        seen = {
            name: photo.getpixel((round(x * photo.width), round(y * photo.height)))
            for name, (x, y) in CORNERS.items()
        }
        assert (photo.format, photo.size) == ("JPEG", (1600, 960)), orientation
        assert not photo.getexif(), orientation
        assert b"Examplephone" not in data, orientation
        for name, colour in seen.items():
            wanted = ImageColor.getrgb(name)
            assert all(abs(a - b) < 40 for a, b in zip(colour, wanted, strict=True)), orientation


def test_a_photo_that_no_quality_makes_small_gets_smaller_and_what_is_no_photo_is_refused(
    page: Page,
):
    pillow_heif.register_heif_opener()
    heic = saved(upright(), "HEIF")
    noise = saved(Image.effect_noise((1700, 1300), 90), "JPEG", quality=90)
    tiny = saved(Image.new("RGBA", (40, 30), (0, 0, 0, 0)), "PNG")

    small, as_it_is, plain, refused = reduced(page, [noise, heic, tiny, b"%PDF-1.7 and so on"])

    assert len(small) <= 400_000
    assert 500 < max(Image.open(io.BytesIO(small)).size) < 1600
    assert as_it_is == heic  # this browser cannot read it, the server can
    assert Image.open(io.BytesIO(plain)).size == (40, 30)
    assert Image.open(io.BytesIO(plain)).getpixel((5, 5)) == (255, 255, 255)
    assert refused == "photo.not_an_image"
