"""What the tests of the paper share: samples to print, and ways to read a PDF back."""

import io
import re
from dataclasses import replace

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image

from qr import Drawing, Plate, Poster, Signature, SignedDocument, door_url
from qr.document import Certificate, Signer

BASE = "https://mq.mtg.example.cn"
RARE = "㙍𣲗囧鱻䶮喆燚㛃𬭎𫍯𬱖𫖮龘靐"
MARKUP = "#panic() $x$ *粗* _斜_ `码` @引 <标> [门] {前} // /* \"双\" '单' -- ... ~ \\n"
LONG = "北京京西古道文化创意发展有限责任公司门头沟第二分公司大峪街道月季园路营业部（西侧）"
STROKES = "M60 120C80 40 110 30 120 90S150 150 170 80M200 60L300 150"
PIXELS = 4  # to the millimetre, where a page is looked at closely


def token(number: int) -> str:
    return f"{number:016d}"


def plate(number: int = 1, /, **changes: object) -> Plate:
    url = door_url(BASE, token(number))
    made = Plate(url, "京西雅京手机维修", f"MTG-DY{number:05d}-K", "月季园路", "大峪街道")
    return replace(made, **changes)


def poster(number: int = 1, /, **changes: object) -> Poster:
    made = Poster(
        url=door_url(BASE, token(number)),
        door_number=f"MTG-DY{number:05d}-K",
        shop_name="京西雅京手机维修",
        lane="月季园路",
        township="大峪街道",
        title="商户承诺书",
        number=f"CN-{number:05d}",
        version="2026-1",
        paragraphs=("一、每日至少清扫两次。", "二、不店外经营、不占道堆物。"),
        validity="2026年3月20日至2027年3月19日",
        text_hash="3f2a91c0d4e7" + "0" * 52,
    )
    return replace(made, **changes)


def certificate() -> Certificate:
    signed = Signature("承诺人", "郑样例", "经营者", "2026-03-20 10:24:00+08:00", Drawing(STROKES))
    return Certificate(
        paper=(("原文 SHA-256", "3f2a91c0d4e7" + "0" * 52),),
        signers=(Signer(signed, "手写签名", (("验证码发往", "****0000"),)),),
        events=(("2026-03-20 10:20:00+08:00", "同意电子签名约定", "约定版本 2026.2"),),
        seal=(("时间戳", "无第三方时间戳"),),
        notes=("改一个字，校验码就对不上。",),
    )


def document(**changes: object) -> SignedDocument:
    made = SignedDocument(
        title="商户承诺书",
        number="CN-00001",
        paragraphs=("一、每日至少清扫两次。", "二、不店外经营、不占道堆物。"),
        version="2026-1",
        fields=(("商户", "京西雅京手机维修"),),
        signatures=(
            Signature("承诺人", "郑样例", "经营者", "2026年3月20日 10:24", Drawing(STROKES)),
        ),
        text_hash="3f2a91c0d4e7" + "0" * 52,
        certificate=certificate(),
        check_url=door_url(BASE, token(1)),
        status="已签署",
    )
    return replace(made, **changes)


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, its lines kept."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


def words(pdf: bytes) -> str:
    """Return all text without any white space, since a line may break anywhere."""
    return bare("".join(pages(pdf)))


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def pictures(pdf: bytes) -> int:
    """Count the pixel images in the file."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        streams = [thing for thing in opened.objects if isinstance(thing, pikepdf.Stream)]
        return sum(stream.get("/Subtype") == "/Image" for stream in streams)


def looked_at(pdf: bytes, page: int = 0, pixels: float = PIXELS) -> Image.Image:
    """Return a page as grey pixels, so many to the millimetre."""
    with pypdfium2.PdfDocument(pdf) as opened:
        scale = pixels * 25.4 / 72
        return opened[page].render(scale=scale, grayscale=True).to_pil()


def decoded(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image) if code.valid]
