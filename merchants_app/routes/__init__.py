"""Every route of the doors, once."""

from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from merchants_app import paths
from merchants_app.access import anyone
from merchants_app.routes import (
    accounts,
    api_merchants,
    api_patrols,
    codes,
    contracts,
    coverage,
    doors,
    finding_steps,
    findings,
    home,
    imports,
    issuing,
    ledger,
    merchants,
    notices,
    patrols,
    people,
    photos,
    reviews,
    shop,
    signing,
    tenants,
    texts,
)

ROUTES = [
    *home.ROUTES,
    *doors.ROUTES,
    *accounts.ROUTES,
    *ledger.ROUTES,
    *people.ROUTES,
    *api_patrols.ROUTES,
    *photos.ROUTES,
    *patrols.ROUTES,
    *findings.ROUTES,
    *finding_steps.ROUTES,
    *reviews.ROUTES,
    *signing.ROUTES,
    *issuing.ROUTES,
    *notices.ROUTES,
    *texts.ROUTES,
    *contracts.ROUTES,
    *coverage.ROUTES,
    *merchants.ROUTES,
    *tenants.ROUTES,
    *codes.ROUTES,
    *imports.ROUTES,
    *shop.ROUTES,
    *api_merchants.ROUTES,
]

STATIC = create_static_files_router(
    path="/static",
    directories=[paths.STATIC],
    opt=anyone(),
    cache_control=CacheControlHeader(max_age=31536000, immutable=True, public=True),
    include_in_schema=False,
)
