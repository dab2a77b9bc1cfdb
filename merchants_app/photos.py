"""Taking in a photo: the original is kept as evidence, people are only ever shown a clean copy.

Decoding runs in a process of its own (`developing.py`), two at a time, so that a picture made to
hurt costs a child process and nobody else anything. Files are durable before their row is written.
"""

import asyncio
import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance.accounts.permissions import Action, Viewer, require
from compliance.act import Act
from compliance.errors import InvalidInput
from compliance.patrols import photos
from compliance.patrols.models import Photo
from compliance.patrols.photos import Developed
from merchants_app import developing
from merchants_app.blobs import Blobs

if TYPE_CHECKING:
    from merchants_app.context import Context

MOST_BYTES = 12 * 1024 * 1024
AT_ONCE = 2
SECONDS = 30

SCRIPT = [sys.executable, "-I", str(Path(developing.__file__))]
REFUSAL_CODES = {developing.TOO_MANY_PIXELS: "photo.too_many_pixels"}


class Darkroom:
    """The few threads that wait for child processes."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="darkroom")


async def store(context: "Context", viewer: Viewer, act: Act, data: bytes) -> Photo:
    """Keep a photo and return its row; the same bytes again return the same row.

    Raises InvalidInput `photo.too_large`, `photo.too_many_pixels` or `photo.not_an_image`.
    """
    require(viewer, Action.PHOTO_STORE)
    if len(data) > MOST_BYTES:
        raise InvalidInput("photo.too_large", megabytes=MOST_BYTES // 1024 // 1024)
    sha256 = hashlib.sha256(data).hexdigest()
    known = await context.database.read(lambda s: s.get(Photo, sha256))
    if known is not None and context.blobs.has(sha256, known.served_sha256):
        return known
    developed = await asyncio.get_running_loop().run_in_executor(
        context.darkroom.threads, develop, context.blobs, data
    )
    return await context.database.write(lambda s: photos.keep(s, act, viewer, developed))


def develop(blobs: Blobs, data: bytes) -> Developed:
    """Decode `data`, put the original and the clean copy among the files, say what they are."""
    told, clean = decoded(data)
    served = blobs.put(clean)
    return Developed(
        sha256=blobs.put(data),
        served_sha256=served,
        size=len(data),
        media_type=told["media_type"],
        width=told["width"],
        height=told["height"],
    )


def cleaned(data: bytes) -> bytes:
    """Return the clean copy of a photo that is looked at and not kept."""
    return decoded(data)[1]


def decoded(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return what a photo is (media type, width, height) and its clean copy, a JPEG."""
    try:
        done = subprocess.run(  # noqa: S603 (our own script, the bytes go in by the pipe)
            SCRIPT, input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise InvalidInput("photo.not_an_image") from None
    if done.returncode:
        raise InvalidInput(REFUSAL_CODES.get(done.returncode, "photo.not_an_image"))
    head, clean = done.stdout.split(b"\n", 1)
    return json.loads(head), clean
