"""The chain: canonical bytes, links, and what every kind of tampering looks like."""

import json
from dataclasses import replace

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger import chain

SUBJECT = "tenancy:x"
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
KEYS = st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def run(length: int) -> list[chain.Stored]:
    """Return a chain of `length` entries that holds."""
    entries, prev = [], chain.GENESIS
    for seq in range(1, length + 1):
        body, salt = chain.canonical_body({"note": seq}), bytes([seq]) * 16
        content = chain.canonical(
            {
                "subject": SUBJECT,
                "seq": seq,
                "prev": prev,
                "commitment": chain.commitment(salt, body),
            }
        )
        digest = chain.entry_hash(content)
        entries.append(chain.Stored(SUBJECT, seq, prev, digest, content, salt, body))
        prev = digest
    return entries


def found(entries: list[chain.Stored], head: tuple[int, str]) -> list[tuple[int, str]]:
    return [(each.seq, each.reason) for each in chain.breaks(entries, {SUBJECT: head})]


@given(st.dictionaries(KEYS, VALUES))
def test_canonical_bytes_agree_with_the_rfc_8785_library(value):
    assert chain.canonical(value) == rfc8785.dumps(chain.normal(value))


@given(st.dictionaries(st.text(), st.text() | st.none() | st.booleans() | st.floats(0, 9)))
def test_a_flat_body_has_the_bytes_of_the_rfc_8785_library(body):
    assert chain.canonical_body(body) == rfc8785.dumps(body)


@pytest.mark.parametrize("value", [{"n": 1.5}, {"ключ": 1}, {"n": 2**53}, {"n": b"x"}])
def test_what_can_be_read_two_ways_has_no_place_in_an_entry(value):
    with pytest.raises((TypeError, ValueError)):
        chain.canonical(value)


def test_text_is_kept_in_one_normal_form():
    assert chain.canonical({"a": "e\u0301"}) == chain.canonical({"a": "\u00e9"})


def test_an_untouched_chain_holds():
    entries = run(5)

    assert found(entries, (5, entries[-1].entry_hash)) == []


def test_every_kind_of_tampering_is_named_at_its_entry():
    good = run(5)
    head = (5, good[-1].entry_hash)
    forged = chain.canonical({**json.loads(good[2].content), "kind": "forged"})

    def changed(seq: int, **fields) -> list[chain.Stored]:
        return [replace(each, **fields) if each.seq == seq else each for each in good]

    rehashed = changed(3, content=forged, entry_hash=chain.entry_hash(forged))
    extra = replace(good[4], seq=6, prev_hash=good[4].entry_hash)

    assert found(changed(3, content=forged), head) == [(3, "content_changed")]
    assert found(rehashed, head) == [(4, "link_changed")]
    assert found(changed(3, prev_hash="0" * 64), head) == [(3, "link_changed")]
    assert found(changed(3, body=b'{"note":9}'), head) == [(3, "body_changed")]
    assert found([each for each in good if each.seq != 2], head) == [(2, "missing")]
    assert found(good[:-1], head) == [(5, "missing")]
    assert found([*good, extra], head) == [(6, "place_changed")]
    assert found([good[0], *good], head) == [(1, "inserted")]
    assert found([], head) == [(1, "missing")]
    assert found(good, (5, "0" * 64)) == [(5, "head_changed")]


def test_an_erased_body_leaves_the_chain_whole():
    erased = [replace(each, body=None, salt=None) for each in run(3)]

    assert found(erased, (3, erased[-1].entry_hash)) == []
