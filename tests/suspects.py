"""What tests of suspect codes share: reports as a phone sends them."""

import json

from compliance.suspect_codes import service
from merchants_app.suspects import read_report, token_in


def suspect(world, shop=None, content="https://pay.example.com/x", **named):
    """Return a report as sent, of a code seen just now, at a shop's door if one is given."""
    place = {"lat": shop.lat, "lng": shop.lng, "accuracy_m": 9.5} if shop else None
    return {
        "content": content,
        "verdict": "foreign",
        "seen_at": world.clock().isoformat(),
        "position": place,
        "shop": shop.number if shop else None,
        "photos": [],
        **named,
    }


def reported(world, viewer, sent, report_id):
    """Report through the service, in a transaction of its own; return what it leaves."""
    body, payload = read_report(json.dumps(sent, ensure_ascii=False).encode())
    token = token_in(world.context.settings, payload.content)
    return world.write(service.report, viewer, report_id, body, payload, token, by=viewer)


def report(world, viewer, sent, report_id):
    """Report, and return the id."""
    reported(world, viewer, sent, report_id)
    return report_id
