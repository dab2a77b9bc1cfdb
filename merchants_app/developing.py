"""A photo is decoded in a process of its own, which does nothing else and may die of it.

Run as a script: the bytes as sent come on standard input; out go one line of JSON (media type,
width, height) and the clean copy, a JPEG of at most 1600 pixels, upright, on white, without EXIF.
Limits on memory and processor time are set before the first byte is looked at. Exit status: 0 done,
3 not a whole JPEG, PNG, WebP or HEIC, 4 more pixels than any phone needs to send.
"""

import json
import resource
import sys
import warnings
from io import BytesIO

from PIL import Image, ImageOps

LONGEST_SIDE = 1600
QUALITY = 82
MOST_PIXELS = 25_000_000
MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 15

NOT_AN_IMAGE = 3
TOO_MANY_PIXELS = 4

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # what many phones call a JPEG with a preview behind it
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}


def limit_resources() -> None:
    """Let this process have no more than a large photo needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def looks_like_heic(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def develop(data: bytes) -> tuple[dict[str, object], bytes]:
    """Return what the photo is and its clean copy; raises what the decoder raises."""
    if looks_like_heic(data):
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener()
    with Image.open(BytesIO(data), formats=list(_formats(data))) as photo:
        media_type = MEDIA_TYPES[photo.format or ""]
        wide = photo.width >= photo.height
        box = (LONGEST_SIDE, LONGEST_SIDE * 3 // 4)
        photo.draft("RGB", box if wide else box[::-1])
        upright = ImageOps.exif_transpose(photo)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        clean = on_white(upright)
    file = BytesIO()
    clean.save(file, "JPEG", quality=QUALITY, optimize=True)
    told = {"media_type": media_type, "width": clean.width, "height": clean.height}
    return told, file.getvalue()


def _formats(data: bytes) -> tuple[str, ...]:
    return ("HEIF",) if looks_like_heic(data) else ("JPEG", "PNG", "WEBP")


def on_white(photo: Image.Image) -> Image.Image:
    """Return a new picture that holds the pixels and nothing else the file carried."""
    clean = Image.new("RGB", photo.size, "white")
    if photo.has_transparency_data:
        layer = photo.convert("RGBA")
        clean.paste(layer, mask=layer)
    else:
        clean.paste(photo.convert("RGB"))
    return clean


def main() -> int:
    """Develop what comes in, or say by the exit status why not."""
    limit_resources()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        told, clean = develop(sys.stdin.buffer.read())
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001 (decoders raise anything on broken files; all mean the same)
        return NOT_AN_IMAGE
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + clean)
    return 0


if __name__ == "__main__":
    sys.exit(main())
