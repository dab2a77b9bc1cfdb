"""Reports of suspect codes from phones: sent until received, stored once, like patrol records."""

from typing import Any

from litestar import Request, put
from litestar.params import FromPath

from compliance.accounts.permissions import Action
from compliance.suspect_codes.payload import Payload
from merchants_app import suspects
from merchants_app.access import may
from merchants_app.context import act_for, context_of, signed_in_viewer
from merchants_app.described import inlined, takes
from merchants_app.routes.api_patrols import base64url, beijing

MOST_BYTES = 64 * 1024


@put(
    "/api/v1/suspect-codes/{report_id:str}",
    opt=may(Action.SUSPECT_CODE_REPORT),
    status_code=201,
    request_max_body_size=MOST_BYTES,
    operation_class=takes("application/json", inlined(Payload)),
)
async def put_suspect_code(request: Request, report_id: FromPath[str]) -> dict[str, Any]:
    """Report a code under the client's own id; the same content again gets the same receipt.

    `merchant` of the receipt names the chain it stands in: `MTG-DY` a township's, `MTG` the
    district's. `found` is what the code is by our own books.
    """
    context, act, viewer = context_of(request), act_for(request), signed_in_viewer(request)
    done = await suspects.report(context, viewer, act, report_id, await request.body())
    receipt = done.receipt
    return {
        "receipt": {
            "merchant": done.chain,
            "seq": receipt.seq,
            "entry": base64url(receipt.content),
            "entry_hash": receipt.entry_hash,
            "salt": receipt.salt.hex(),
            "received_at": beijing(receipt.at),
        },
        "found": done.found.value,
        "replayed": done.replayed,
    }


ROUTES = [put_suspect_code]
