"""Taking in the pictures of a paper contract: photos or PDF; the originals are kept as evidence.

What people are shown are clean pages made from them in processes of their own (`developing.py`,
`paging.py`). Files are durable before their row is written.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.contracts.models import ContractUpload, Original
from compliance.contracts.service import MOST_FILES
from compliance.errors import InvalidInput
from merchants_app import paging, photos
from merchants_app.blobs import Blobs

if TYPE_CHECKING:
    from merchants_app.context import Context

MOST_BYTES = 20 * 1024 * 1024
"""Of all files of one contract together."""
SECONDS = 60
PDF = "application/pdf"

SCRIPT = [sys.executable, "-I", str(Path(paging.__file__))]
REFUSAL_CODES = {
    paging.TOO_MANY_PAGES: "contract.too_many_pages",
    paging.LOCKED: "contract.file_locked",
}


async def store(context: "Context", files: Sequence[bytes]) -> list[Original]:
    """Keep the files of one contract and return what is known of each.

    Raises InvalidInput `contract.no_files`, `contract.too_many_files`, `contract.too_large`,
    `contract.not_readable`, `contract.too_many_pages`, `contract.file_locked`.
    """
    if not files:
        raise _refused("contract.no_files")
    if len(files) > MOST_FILES:
        raise _refused("contract.too_many_files", most=MOST_FILES)
    if sum(map(len, files)) > MOST_BYTES:
        raise _refused("contract.too_large", megabytes=MOST_BYTES // 1024 // 1024)
    loop, threads = asyncio.get_running_loop(), context.darkroom.threads
    return [await loop.run_in_executor(threads, keep, context.blobs, each) for each in files]


def keep(blobs: Blobs, data: bytes) -> Original:
    """Put one original and its pages among the files, say what they are."""
    if b"%PDF-" in data[: paging.FIRST_BYTES]:
        pages = [blobs.put(page) for page in pages_of(data)]
        return {"sha256": blobs.put(data), "media_type": PDF, "size": len(data), "pages": pages}
    try:
        developed = photos.develop(blobs, data)
    except InvalidInput:
        raise _refused("contract.not_readable") from None
    return {
        "sha256": developed.sha256,
        "media_type": developed.media_type,
        "size": developed.size,
        "pages": [developed.served_sha256],
    }


def pages_of(data: bytes) -> list[bytes]:
    """Return each page of a PDF as a JPEG, made in a process of its own."""
    try:
        done = subprocess.run(  # noqa: S603 (our own script, the bytes go in by the pipe)
            SCRIPT, input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _refused("contract.not_readable") from None
    if done.returncode:
        raise _refused(REFUSAL_CODES.get(done.returncode, "contract.not_readable"))
    head, pictures = done.stdout.split(b"\n", 1)
    pages, start = [], 0
    for size in json.loads(head):
        pages.append(pictures[start : start + size])
        start += size
    return pages


def addresses_of(upload: ContractUpload) -> list[str]:
    """Return where each page of an upload is shown."""
    count = sum(len(each["pages"]) for each in upload.files)
    return [f"/contracts/uploads/{upload.id}/pages/{number}" for number in range(1, count + 1)]


def _refused(code: str, **params: object) -> InvalidInput:
    return InvalidInput(code, fields={"files": code}, **params)
