"""Anybody checks a paper: by the code printed on it, or by handing in the file. Nothing is kept."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from compliance.errors import ComplianceError, InvalidInput
from compliance.notices import checking
from compliance.notices.checking import Checked, CheckedFile
from merchants_app import forms, sealing
from merchants_app.access import anyone
from merchants_app.context import act_for, context_of
from merchants_app.errors import status_of
from merchants_app.forms import FormModel
from merchants_app.pages import Form, language, page

MOST_BYTES = 10 * 1024 * 1024
PDF = b"%PDF-"
HEAD = 1024
"""Within how many bytes a PDF says that it is one."""

CODE_PATHS = ["/c/{code:str}", "/C/{code:str}"]
"""As typed, and as a symbol on paper has it."""


class Upload(FormModel):
    file: UploadFile


@dataclass(frozen=True, slots=True)
class CodePage:
    """What a code means; `others` are the same text issued at other times."""

    checked: Checked
    others: Sequence[Checked]


@dataclass(frozen=True, slots=True)
class FilePage:
    """What a file proved to be."""

    result: CheckedFile
    name: str
    file_hash: str


@get(CODE_PATHS, opt=anyone(), include_in_schema=False)
async def by_code(request: Request, code: FromPath[str]) -> Response:
    """Show what a code means to whoever holds the paper."""
    try:
        found = await _of_code(request, code)
    except ComplianceError as refusal:
        return _again(request, refusal, code)
    return page(request, "checks/paper.html", CodePage(found[0], found[1:]))


async def _of_code(request: Request, typed: str) -> list[Checked]:
    act, code = act_for(request), checking.read_code(typed)
    return await context_of(request).database.read(lambda s: checking.by_code(s, act, code))


@get("/check", opt=anyone(), include_in_schema=False)
async def check_page(request: Request) -> Response:
    """Ask for a code or a file; a code typed leads to its page."""
    typed = request.query_params.get("code", "")
    if not typed:
        return page(request, "checks/check.html", {"form": Form()})
    try:
        found = await _of_code(request, typed)
    except ComplianceError as refusal:
        return _again(request, refusal, typed)
    code = checking.check_code(found[0].paper.notice.text_hash)
    return Redirect(f"/c/{code.lower()}", status_code=303)


@post("/check", opt=anyone(), include_in_schema=False)
async def check_file(request: Request) -> Response:
    """Say what a file is. It is hashed and searched for our seal, never opened, never stored."""
    try:
        given = await forms.read(request, Upload)
        data = await given.file.read(MOST_BYTES + 1)
        result = await _checked(request, data)
    except InvalidInput as refusal:
        return _again(request, refusal)
    shown = FilePage(result, given.file.filename[-80:], hashlib.sha256(data).hexdigest())
    return page(request, "checks/file.html", shown)


async def _checked(request: Request, data: bytes) -> CheckedFile:
    if len(data) > MOST_BYTES:
        raise InvalidInput("check.too_large", fields={"file": "check.too_large"})
    if PDF not in data[:HEAD]:
        raise InvalidInput("check.not_a_pdf", fields={"file": "check.not_a_pdf"})
    act = act_for(request)
    seen = await asyncio.to_thread(sealing.look_at, data)
    return await context_of(request).database.read(lambda s: checking.by_file(s, act, *seen))


def _again(request: Request, refusal: ComplianceError, typed: str = "") -> Response:
    form = Form.refused({"code": typed}, refusal, language(request))
    return page(request, "checks/check.html", {"form": form}, status_of(refusal))


@get("/check/certificate.pem", opt=anyone(), include_in_schema=False)
async def certificate(request: Request) -> Response[bytes]:
    """Give the certificates of the seal in force, for whoever checks without us."""
    context = context_of(request)
    held = await asyncio.to_thread(sealing.platform, context.settings, context.clock())
    headers = {"Content-Disposition": 'attachment; filename="menqian-seal.pem"'}
    kind = "application/x-pem-file"
    return Response(held.seal.certificates, media_type=kind, headers=headers)


ROUTES = [by_code, check_page, check_file, certificate]
