"""What a record may be: every field bounded, nothing unknown, JSON that cannot be read two ways."""

import json

import pytest

from compliance.errors import InvalidInput
from compliance.patrols.models import PatrolKind
from compliance.patrols.payload import hash_of
from merchants_app.visits import read_id, read_payload
from tests.visits import fault

SENT = {
    "door": "0123456789ABCDEF",
    "kind": "patrol",
    "observed_at": "2026-11-22T09:31:05+08:00",
    "position": {"lat": 39.93907, "lng": 116.09513, "accuracy_m": 12, "crs": "WGS84"},
    "items": [
        {
            "code": "O02",
            "result": "fault",
            "cause": "merchant",
            "fixed_on_spot": False,
            "note": "…",
            "photos": ["a" * 64],
        }
    ],
    "note": "…",
    "photos": ["b" * 64],
}


ORIGIN = {"device": "d" * 32, "order": 1, "scan": "camera"}


def read(sent):
    return read_payload(json.dumps(sent).encode())


def test_the_record_of_the_contract_is_read_whole():
    plain, payload = read(SENT)

    assert plain == SENT
    assert payload.kind is PatrolKind.PATROL
    assert payload.observed_at.isoformat() == SENT["observed_at"]
    assert payload.photo_places() == [("", "b" * 64), ("O02", "a" * 64)]
    assert payload.photo_fields() == ["photos.0", "items.0.photos.0"]


def test_little_is_needed():
    _, payload = read({name: SENT[name] for name in ("door", "kind", "observed_at")})

    assert payload.items == []
    assert payload.position is None


def test_a_door_is_read_as_people_type_it():
    assert read({**SENT, "door": "o123-4567-89ab-cdef"})[1].door == SENT["door"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"door": ...}, "door"),
        ({"kind": ...}, "kind"),
        ({"observed_at": ...}, "observed_at"),
        ({"observed_at": "2026-11-22T09:31:05"}, "observed_at"),
        ({"observed_at": "0001-01-01T00:00:00+08:00"}, "observed_at"),
        ({"observed_at": 1}, "observed_at"),
        ({"kind": "visit"}, "kind"),
        ({"surprise": 1}, "surprise"),
        ({"note": "x" * 501}, "note"),
        ({"note": "a\u0000b"}, "note"),
        ({"origin": {**ORIGIN, "app": "a\u0000b"}}, "origin.app"),
        ({"photos": ["abc"]}, "photos.0"),
        ({"photos": ["a" * 64] * 2}, "photos"),
        ({"photos": [f"{n:064x}" for n in range(13)]}, "photos"),
        ({"items": [{"code": "O02", "result": "bad"}]}, "items.0.result"),
        ({"items": [fault("O2")]}, "items.0.code"),
        ({"items": [fault("O02", cause="weather")]}, "items.0.cause"),
        ({"items": [fault("O02", fixed_on_spot="yes")]}, "items.0.fixed_on_spot"),
        ({"items": [fault(f"O{n:02}") for n in range(61)]}, "items"),
        ({"position": {"lat": "39", "lng": 116, "accuracy_m": 1}}, "position.lat"),
        ({"position": {"lat": 139, "lng": 116, "accuracy_m": 1}}, "position.lat"),
        ({"position": {"lat": 39, "lng": 116, "accuracy_m": 1, "crs": "X"}}, "position.crs"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_by_field(change, field):
    sent = {**SENT, **change}
    sent = {name: value for name, value in sent.items() if value is not ...}

    with pytest.raises(InvalidInput) as refused:
        read(sent)

    assert refused.value.code == "patrol.invalid"
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"a":NaN}',
        b'{"kind":"patrol","kind":"patrol"}',
        b"[" * 100_000,
        b'{"note":"\\ud800"}',
    ],
)
def test_what_is_not_plain_json_is_refused(raw):
    with pytest.raises(InvalidInput) as refused:
        read_payload(raw)

    assert refused.value.code in {"patrol.not_json", "patrol.invalid"}


def test_the_same_content_has_the_same_hash_however_it_is_written():
    other = dict(reversed(SENT.items()))

    assert hash_of(other) == hash_of(SENT)
    assert hash_of({**SENT, "note": "."}) != hash_of(SENT)


def test_an_id_is_thirty_two_hex_digits():
    assert read_id("A" * 32) == "a" * 32
    for text in ("", "1", "g" * 32, "a" * 33):
        with pytest.raises(InvalidInput):
            read_id(text)
