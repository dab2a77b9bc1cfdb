"""Contracts on the official form for tests: what one says, and uploading one as somebody."""

import io
from datetime import date, timedelta
from typing import Any

import pikepdf
from PIL import Image

from compliance.accounts.permissions import Viewer
from compliance.contracts import checking, service
from compliance.merchants.shops import Shop
from compliance.notices.models import Notice
from tests.factories import World

HAULER = "京西洁运有限公司(样例)"
"""The hauler that `World.shop` names."""


def original(sha256: str = "ab" * 32, *pages: str) -> dict[str, Any]:
    """Return what is known of one uploaded file."""
    known = {"sha256": sha256, "media_type": "application/pdf", "size": 12345}
    return known | {"pages": list(pages) or ["cd" * 32]}


def particulars(today: date, **named: Any) -> dict[str, Any]:
    """Return what somebody types from a contract that began a month ago."""
    return {
        "official_no": "BF-2026-0815",
        "party_a": "京西样例饺子馆",
        "holder_type": "operator",
        "hauler_name": HAULER,
        "hauler_permit_no": "京门环许2026-001(样例)",
        "permit_valid_to": (today + timedelta(days=400)).isoformat(),
        "service_address": "北京市门头沟区月季园路1号",
        "streams": ["kitchen", "other"],
        "freq_unit": "日",
        "freq_count": "2",
        "time_window": "21:00–22:00",
        "destination": "区厨余垃圾处理站(样例)",
        "valid_from": (today - timedelta(days=30)).isoformat(),
        "valid_to": (today + timedelta(days=335)).isoformat(),
    } | named


def submit(world: World, shop: Shop, viewer: Viewer, **named: Any) -> Notice:
    """Upload a contract of `shop` and send its particulars to the desk."""
    upload = world.write(service.begin, viewer, shop.tenancy_id, [original()], by=viewer)
    given = particulars(world.act().day, **named)
    return world.write(service.submit, viewer, upload.id, given, by=viewer)


def accept(world: World, desk: Viewer, notice: Notice) -> Notice:
    return world.write(checking.accept, desk, notice.id, by=desk)


def pdf(pages: int = 2, **saved: Any) -> bytes:
    """Return a PDF of blank pages."""
    held = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
        made.save(held, **saved)
    return held.getvalue()


def photo() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (300, 400), "white").save(held, "JPEG")
    return held.getvalue()
