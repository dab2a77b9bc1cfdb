"""Issuing notices from the command line: what shops lack, and what a re-signing asks for.

Each shop that could not be issued to is named with the value that is missing and the page on which
it is filled in; then the exit status is 1.
"""

import asyncio
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby

import rich_click as click
from sqlmodel import Session

from compliance.errors import InvalidInput
from compliance.merchants import listing
from compliance.merchants.listing import Wanted
from compliance.merchants.shops import Shop
from compliance.notices import issuing, publishing, resign_lists, resigning
from compliance.notices.issuing import Run
from compliance.notices.kinds import NoticeKind
from compliance.notices.resign_lists import Headway
from merchants_app import commands
from merchants_app import resigning as resigning_work
from merchants_app.commands.printing import OPERATOR
from merchants_app.context import Context
from merchants_app.mending import where_to_mend
from merchants_app.words import DEFAULT_LANGUAGE, label

CHUNK = 100
"""Shops issued to in one transaction."""


@click.group(name="issue")
def issue() -> None:
    """Notices for many shops at once; what stands in the way is named shop by shop."""


@issue.command()
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice([kind.value for kind in NoticeKind]),
    help="Which notices; may be repeated. All four when left out.",
)
@click.option("--township", default="", help="Name or code of a township.")
@click.option("--lane", default="", help="Name of a lane.")
def missing(*, kinds: tuple[str, ...], township: str, lane: str) -> None:
    """Issue to every open shop chosen what its slots lack and nobody has sent yet."""
    with commands.opened() as context:
        wanted = Wanted(township=township, lane=lane)
        shops = context.database.read_now(lambda s: listing.every(s, OPERATOR, wanted))
        if not shops:
            raise InvalidInput("notice.no_shops")
        chosen = [kind for kind in NoticeKind if not kinds or kind.value in kinds]
        runs = list(_issue(context, shops, chosen))
        skipped = [each for run in runs for each in run.skipped]
        click.echo(f"✓ {sum(len(run.issued) for run in runs)} notices issued")
        for each in skipped:
            _tell(context, each.shop, each.kind, each.code, each.field)
    sys.exit(1 if skipped else 0)


def _issue(context: Context, shops: Sequence[Shop], kinds: Sequence[NoticeKind]) -> Iterable[Run]:
    """Issue lane by lane, since a street's covenant says how that street voted."""
    in_order = sorted(shops, key=lambda shop: (shop.lane_id, shop.number))
    lanes = [list(group) for _, group in groupby(in_order, key=lambda shop: shop.lane_id)]
    with click.progressbar(lanes, label="lanes") as bar:
        for lane in bar:
            for start in range(0, len(lane), CHUNK):
                yield _issue_some(context, lane[start : start + CHUNK], kinds)


def _issue_some(context: Context, shops: Sequence[Shop], kinds: Sequence[NoticeKind]) -> Run:
    def do(session: Session) -> Run:
        act = context.act()
        text = publishing.text_in_force(session, NoticeKind.COVENANT, act.day)
        vote = resigning_work.adopted_for(session, text.id).get(shops[0].lane_id, {})
        return issuing.issue_missing(session, act, shops, kinds, {NoticeKind.COVENANT: vote})

    return context.database.write_now(do)


@issue.command(name="resigning")
def resigning_command() -> None:
    """Issue the new notices of every re-signing that has begun, as the worker does."""
    with commands.opened() as context:
        day = context.act().day
        running = context.database.read_now(lambda s: resigning.running(s, day))
        stopped = sum(_resign(context, campaign.id) for campaign in running)
        if not running:
            click.echo("no re-signing has begun")
    sys.exit(1 if stopped else 0)


def _resign(context: Context, campaign_id: str) -> int:
    """Issue to the shops of one campaign; return how many are held up."""
    campaign = context.database.read_now(lambda s: resigning.campaign_of(s, campaign_id))
    with click.progressbar(length=0, label=label(DEFAULT_LANGUAGE, campaign.kind)) as bar:

        def tell(tried: int) -> None:
            bar.length = (bar.length or 0) + tried
            bar.update(tried)

        asyncio.run(resigning_work.issue_all(context, campaign, tell))

    def read(session: Session) -> tuple[resign_lists.Part, list[resign_lists.Line]]:
        whole, _ = resign_lists.figures(session, OPERATOR, campaign)
        wanted = resign_lists.Wanted(Headway.STOPPED)
        return whole, resign_lists.shops(session, OPERATOR, campaign, wanted, None)

    whole, stopped = context.database.read_now(read)
    click.echo(f"{label(DEFAULT_LANGUAGE, campaign.kind)}: {whole.resigned} / {whole.total}")
    for line in stopped:
        path = where_to_mend(campaign.kind, line.field, line.code, line.tenancy_id)
        _say(context, f"{line.door} {line.shop}", campaign.kind, line.field, line.code, path)
    return len(stopped)


def _tell(context: Context, shop: Shop, kind: NoticeKind, code: str, field: str) -> None:
    path = where_to_mend(kind, field, code, shop.tenancy_id)
    _say(context, f"{shop.number} {shop.name}", kind, field, code, path)


def _say(context: Context, shop: str, kind: NoticeKind, field: str, code: str, path: str) -> None:
    words = [label(DEFAULT_LANGUAGE, *each) for each in ((kind,), (field, "fact"), (code, "error"))]
    address = f"{context.settings.base_url.rstrip('/')}{path}"
    click.echo(f"✗ {shop} {words[0]}: {words[1]} · {words[2]} → {address}", err=True)


COMMANDS = [issue]
