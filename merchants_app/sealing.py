"""Sealed papers: made on first need or by the worker, once for each set of signatures, then kept.

The seal is the platform's: a key of its own, or one given by the settings. Where a time-stamping
service is set its stamp goes in; where it fails, the paper is sealed without and says so, and the
worker tries again later. The clock of this machine never takes the place of a stamp.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import structlog
from pyhanko.sign.timestamps import HTTPTimeStamper

from compliance.act import SYSTEM, Act
from compliance.errors import ComplianceError, RuleBroken
from compliance.notices import checking, sealing
from compliance.notices.sealed import SealedPaper, StampState
from compliance.notices.sealing import Made, Sealable
from compliance.notices.service import Paper
from merchants_app import papers
from merchants_app.certificates import seal_rows
from merchants_app.context import Context
from merchants_app.secret_files import made_once
from merchants_app.settings import BadSettings, Settings
from qr.examine import examine
from qr.seal import BadKey, Seal, Sealed, StampFailed, make_seal, seal_pdf

KEPT = "seal.pem"
"""Key and certificates the platform made for itself, in the data folder (mode 0600)."""

STAMP_SECONDS = 5
TRIES = 3
LAST_DAYS = timedelta(days=60)
"""How long before a given certificate ends `menqian doctor` says so."""

RECENT = timedelta(days=3)
"""How far back the worker looks for papers to seal; older ones are sealed when first asked for."""

AT_ONCE = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Platform:
    """The seal in force, and whether the platform made it itself."""

    seal: Seal
    own: bool


def platform(settings: Settings, at: datetime) -> Platform:
    """Return the seal in force, made and kept when none is set.

    Raises BadSettings when it cannot be read, RuleBroken `seal.ended` after its last day.
    """
    held = given(settings) or _own(settings, at)
    if at > held.seal.good_until:
        raise RuleBroken("seal.ended", day=held.seal.good_until.date())
    return held


def faults(settings: Settings, at: datetime) -> list[str]:
    """Return what will soon be wrong with the seal, and how to mend it."""
    held = given(settings)
    if held is None or at < held.seal.good_until - LAST_DAYS:
        return []
    day = held.seal.good_until.date()
    return [f"the certificate of MENQIAN_SIGNING_CERTIFICATE ends on {day}: ask for a newer one"]


def given(settings: Settings) -> Platform | None:
    """Return the seal that the settings name, or None; raise BadSettings when it is none."""
    key, certificate = settings.signing_key, settings.signing_certificate
    if key is None or certificate is None:
        return None
    try:
        return Platform(Seal.read(key.read_bytes(), certificate.read_bytes()), own=False)
    except (BadKey, OSError) as error:
        raise BadSettings(f"MENQIAN_SIGNING_KEY, MENQIAN_SIGNING_CERTIFICATE: {error}") from None


def _own(settings: Settings, at: datetime) -> Platform:
    file = settings.data_dir / KEPT
    held = made_once(file, lambda: b"".join(make_seal(settings.district_name, at)))
    key, mark, certificates = held.partition(b"-----BEGIN CERT")
    try:
        return Platform(Seal.read(key, mark + certificates), own=True)
    except BadKey as error:
        raise BadSettings(f"{file}: {error}") from None


async def sealed(context: Context, act: Act, paper: Paper) -> bytes:
    """Return the sealed PDF of a notice for the signatures it has now, made when there is none.

    Two at once get the same file. Raises RuleBroken `paper.not_signed`, `paper.erased`,
    `paper.lost`, InvalidInput `print.glyph_missing`.
    """
    for _ in range(TRIES):
        ready = await _ready(context, act, paper.notice.id)
        if ready.kept is not None:
            return await _read(context, ready.kept)
        data, kept = await _seal(context, act, ready)
        if kept is not None:
            return data or await _read(context, kept)
    raise RuleBroken("paper.busy")


async def _ready(context: Context, act: Act, notice_id: str) -> Sealable:
    return await context.database.read(lambda s: sealing.sealable(s, act, notice_id))


async def _read(context: Context, kept: SealedPaper) -> bytes:
    data = await asyncio.to_thread(context.blobs.get, kept.file_hash)
    if data is None:
        raise RuleBroken("paper.lost")
    return data


async def _seal(
    context: Context, act: Act, ready: Sealable, *, only_stamped: bool = False
) -> tuple[bytes, SealedPaper | None]:
    """Make a file and keep it; return its bytes (none when another's counts) and its record."""
    data, made = await asyncio.to_thread(make, context.settings, act, ready)
    if only_stamped and made.stamp_state is not StampState.STAMPED:
        return b"", None
    await asyncio.to_thread(context.blobs.put, data)
    kept = None
    try:
        kept = await context.database.write(partial(sealing.keep, act=act, ready=ready, made=made))
    finally:
        if kept is None or kept.file_hash != made.file_hash:
            await asyncio.to_thread(context.blobs.remove, made.file_hash)
    return (data if kept and kept.file_hash == made.file_hash else b""), kept


def make(settings: Settings, act: Act, ready: Sealable) -> tuple[bytes, Made]:
    """Return a freshly sealed file and what is to be kept of it."""
    held = platform(settings, act.at)
    state = StampState.STAMPED if settings.timestamp_url else StampState.NO_SERVICE
    try:
        done = _sealed(settings, act, ready, held, state)
    except StampFailed as failure:
        log.warning("time_stamp_failed", notice=ready.paper.notice.id, error=str(failure))
        state = StampState.FAILED
        done = _sealed(settings, act, ready, held, state)
    stamp = done.found.stamp
    return done.pdf, Made(
        file_hash=done.file_hash,
        digest=done.found.digest,
        size=len(done.pdf),
        certificate=held.seal.fingerprint,
        own=held.own,
        issuer=held.seal.issuer[:120],
        stamp_state=state,
        stamped_at=stamp.at if stamp else None,
        stamp_authority=stamp.authority[:200] if stamp else "",
    )


def _sealed(
    settings: Settings, act: Act, ready: Sealable, held: Platform, state: StampState
) -> Sealed:
    service = urlsplit(settings.timestamp_url).hostname or ""
    rows = seal_rows(held.seal, at=act.at, own=held.own, stamp=state, service=service)
    document = papers.sealed_document(ready, rows, settings.base_url, act)
    stamped = state is StampState.STAMPED
    return seal_pdf(
        papers.pressed(document, ready.paper.shop.name),
        held.seal,
        act.at,
        reason=f"{document.title} {document.number} {checking.grouped(document.text_hash)}",
        address=document.check_url,
        stamper=HTTPTimeStamper(settings.timestamp_url, timeout=STAMP_SECONDS) if stamped else None,
    )


def look_at(data: bytes) -> tuple[str, list[str], tuple[str, ...]]:
    """Return the SHA-256 of a file, what each seal in it was made over, and the codes it names."""
    told = examine(data)
    digests = [each.digest for each in told.found]
    return hashlib.sha256(data).hexdigest(), digests, told.claims


async def seal_due(context: Context) -> None:
    """Seal what was signed lately, then try again where a time stamp could not be had.

    Safe with many workers: of two files for the same signatures the first one kept counts. A paper
    that cannot be sealed keeps none of the others back.
    """
    act, after, count = Act(context.clock(), SYSTEM), "", 0
    since = act.at - RECENT
    while due := await context.database.read(
        partial(sealing.unsealed_since, since=since, after=after, limit=AT_ONCE)
    ):
        for notice_id in due:
            count += await _one(context, act, notice_id)
        after = due[-1]
    if context.settings.timestamp_url:
        count += await _stamp_again(context, act)
    if count:
        log.info("papers_sealed", files=count)


async def _one(context: Context, act: Act, notice_id: str) -> bool:
    try:
        ready = await _ready(context, act, notice_id)
        return ready.kept is None and (await _seal(context, act, ready))[1] is not None
    except ComplianceError as refusal:
        log.warning("paper_not_sealed", notice=notice_id, code=refusal.code)
        return False


async def _stamp_again(context: Context, act: Act) -> int:
    """Seal again, with a stamp, what lacks one; stop at the first failure, the service is down."""
    count = 0
    for notice_id in await context.database.read(sealing.unstamped):
        try:
            ready = await _ready(context, act, notice_id)
        except ComplianceError:
            continue
        if (await _seal(context, act, ready, only_stamped=True))[1] is None:
            break
        count += 1
    return count
