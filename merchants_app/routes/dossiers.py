"""The evidence file of a notice, for the shop itself and for the desk."""

from litestar import Request, Response, get
from litestar.params import FromPath

from compliance.accounts.permissions import Action
from merchants_app import dossiers
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer


@get(
    "/notices/{notice_id:str}/evidence.zip",
    opt=may(Action.EVIDENCE_EXPORT),
    include_in_schema=False,
)
async def evidence_file(request: Request, notice_id: FromPath[str]) -> Response[bytes]:
    name, data = await dossiers.evidence_file(
        context_of(request), act_for(request), signed_in_viewer(request), notice_id
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/zip", headers=headers)


ROUTES = [evidence_file]
