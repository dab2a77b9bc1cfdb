"""What a camera sees: a printed plate held before it, as the endless film of a fake device."""

import io
from pathlib import Path

from PIL import Image, ImageFilter

import qr
from tests.paper.damage import photographs, tilted

SIZE = (1280, 720)
WALL = (122, 116, 108)
FRAMES = 3


def plate_of(url: str, number: str = "MTG-DY00001-A", name: str = "京西样例饺子馆") -> Image.Image:
    """Return the code area of a printed plate, about 260 pixels wide, leaning and a little blurred."""
    plate = qr.Plate(url, name, number, "月季园路", "大峪街道")
    (printed,) = photographs([plate])
    leaning = tilted(printed.resize((260, 260), Image.Resampling.BICUBIC), 18)
    turned = leaning.convert("RGB").rotate(7, expand=True, fillcolor=WALL)
    return turned.filter(ImageFilter.GaussianBlur(0.8))


def sticker_of(text: str) -> Image.Image:
    """Return somebody else's code, as a sticker shows it."""
    image = Image.open(io.BytesIO(qr.symbol(text).png(5))).convert("RGB")
    return image.rotate(-5, expand=True, fillcolor=WALL).filter(ImageFilter.GaussianBlur(0.8))


def film(path: Path, *shown: Image.Image) -> Path:
    """Write a film of these pictures side by side, the first in the middle, before a grey wall."""
    frame = Image.new("RGB", SIZE, WALL)
    places = [(SIZE[0] // 2, SIZE[1] // 2), (SIZE[0] // 6, SIZE[1] // 3)]
    for image, (x, y) in zip(shown, places, strict=False):
        frame.paste(image, (x - image.width // 2, y - image.height // 2))
    still = io.BytesIO()
    frame.save(still, "JPEG", quality=85)
    path.write_bytes(still.getvalue() * FRAMES)
    return path


def camera_of(path: Path) -> list[str]:
    """Return Chromium's arguments for a camera that shows a film, with permission given."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    ]
