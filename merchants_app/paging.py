"""A PDF is turned into pictures of its pages in a process of its own, which may die of it.

Run as a script: the bytes come on standard input; out goes one line of JSON, the sizes in bytes of
the pictures that follow it, one JPEG a page. Nobody is ever shown the file itself, so whatever a
PDF may carry beside its pages (scripts, links, attachments) reaches nobody. Limits on memory and
processor time are set before the first byte is looked at. Exit status: 0 done, 3 not a PDF that
opens, 4 more pages, or larger ones, than a contract has, 5 locked with a password.
"""

import json
import resource
import sys
from io import BytesIO

import pypdfium2

LONGEST_SIDE = 1600
QUALITY = 80
MOST_PAGES = 40
LARGEST_PAGE = 4_000
"""Points; A4 is 842 high."""
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 40

NOT_A_PDF = 3
TOO_MANY_PAGES = 4
LOCKED = 5

FIRST_BYTES = 1024
"""The head of a PDF may stand a little way in."""


class TooManyPagesError(Exception):
    """Longer or larger than any contract."""


class LockedError(Exception):
    """It opens with a password only."""


def limit_resources() -> None:
    """Let this process have no more than a long contract needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def pages_of(data: bytes) -> list[bytes]:
    """Return each page as a JPEG; raises what the reader raises."""
    if b"%PDF-" not in data[:FIRST_BYTES]:
        message = "no PDF"
        raise ValueError(message)
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise LockedError from error
        raise
    with pdf:
        if not 1 <= len(pdf) <= MOST_PAGES:
            raise TooManyPagesError
        return [picture_of(pdf, number) for number in range(len(pdf))]


def picture_of(pdf: pypdfium2.PdfDocument, number: int) -> bytes:
    page = pdf[number]
    longest = max(page.get_size())
    if not 0 < longest <= LARGEST_PAGE:
        raise TooManyPagesError
    picture = page.render(scale=LONGEST_SIDE / longest).to_pil().convert("RGB")
    page.close()
    file = BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def main() -> int:
    """Turn what comes in into pages, or say by the exit status why not."""
    limit_resources()
    try:
        pages = pages_of(sys.stdin.buffer.read())
    except (TooManyPagesError, MemoryError):
        return TOO_MANY_PAGES
    except LockedError:
        return LOCKED
    except Exception:  # noqa: BLE001 (readers raise anything on broken files; all mean the same)
        return NOT_A_PDF
    sizes = json.dumps([len(page) for page in pages]).encode()
    sys.stdout.buffer.write(sizes + b"\n" + b"".join(pages))
    return 0


if __name__ == "__main__":
    sys.exit(main())
