"""A door code says one thing in one form, and nothing else is taken for ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr import ForeignCode, check_url, door_url, read_door_url

BASE = "https://mq.mtg.example.cn"
TOKEN = "7H3KQ9ZT0WXV5B2M"
OURS = f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}"
tokens = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=16, max_size=16)


@given(tokens, st.sampled_from([BASE, "http://127.0.0.1:8000", "https://a.cn:8443/"]))
def test_what_is_printed_is_read_back(token, base):
    assert read_door_url(door_url(base, token), base) == token


@given(tokens)
def test_letter_case_does_not_matter(token):
    assert read_door_url(door_url(BASE, token.lower()).swapcase(), BASE.upper()) == token


def test_the_code_stays_in_the_characters_of_alphanumeric_mode():
    assert door_url(BASE, TOKEN.lower()) == OURS
    assert set(OURS) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_the_usual_port_and_a_closing_slash_are_not_printed():
    assert door_url("https://mq.mtg.example.cn:443/", TOKEN) == OURS
    assert door_url("http://a.cn:80", TOKEN) == f"HTTP://A.CN/Q/{TOKEN}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        TOKEN,
        f"HTTPS://MQ.MTG.EXAMPLE.COM/Q/{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN.EVIL.CN/Q/{TOKEN}",
        f"HTTPS://EVIL.MQ.MTG.EXAMPLE.CN/Q/{TOKEN}",
        f"HTTPS://MQ-MTG.EXAMPLE.CN/Q/{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN@EVIL.CN/Q/{TOKEN}",
        f"HTTPS://EVIL.CN@MQ.MTG.EXAMPLE.CN/Q/{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN:443/Q/{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN:8443/Q/{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN./Q/{TOKEN}",
        f"HTTP://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}",
        f"//MQ.MTG.EXAMPLE.CN/Q/{TOKEN}",
        f"JAVASCRIPT:HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}",
        f"HTTPS:\\\\MQ.MTG.EXAMPLE.CN\\Q\\{TOKEN}",
        f"HTTPS://XN--MQ-MTG-9C4A.EXAMPLE.CN/Q/{TOKEN}",
        f"HTTPS://МQ.MTG.EXAMPLE.CN/Q/{TOKEN}",  # Cyrillic М
        f"HTTPS://MQ.MTG.EXAMPLE．CN/Q/{TOKEN}",  # full-width full stop
        f"httpſ://mq.mtg.example.cn/q/{TOKEN}",  # long s, whose capital is S
        f"HTTPS://MQ.MTG.EXAMPLE.CN/D/{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN/Q//{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/../Q/{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}/",
        f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}?X=1",
        f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}#X",
        f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}\n",
        f" HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN[:-1]}",
        f"HTTPS://MQ.MTG.EXAMPLE.CN/Q/{TOKEN}0",
        "HTTPS://MQ.MTG.EXAMPLE.CN/Q/7H3KQ9ZT0WXV5B2U",
        "HTTPS://MQ.MTG.EXAMPLE.CN/Q/7H3KQ9ZT0WXV5B%32",
        "HTTPS://MQ.MTG.EXAMPLE.CN/Q/７H3KQ9ZT0WXV5B2M",
    ],
)
def test_a_code_that_is_not_ours_is_refused(text):
    with pytest.raises(ForeignCode) as refused:
        read_door_url(text, BASE)

    assert refused.value.text == text


@given(st.text(max_size=80))
def test_no_other_text_is_ever_taken_for_ours(text):
    if text.upper() != OURS:
        with pytest.raises(ForeignCode):
            read_door_url(text, BASE)


def test_plain_http_is_ours_only_where_the_base_address_is():
    pilot = f"HTTP://127.0.0.1:8000/Q/{TOKEN}"

    assert read_door_url(pilot, "http://127.0.0.1:8000") == TOKEN
    with pytest.raises(ForeignCode):
        read_door_url(pilot, "https://127.0.0.1:8000")
    with pytest.raises(ForeignCode):
        read_door_url(f"HTTPS://127.0.0.1:8000/Q/{TOKEN}", "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    "token", ["", "7H3K", TOKEN + "0", "7H3KQ9ZT0WXV5B2U", "7H3KQ9ZT0WXV5B2O", "门" * 16]
)
def test_no_code_is_made_of_a_bad_token(token):
    with pytest.raises(ValueError, match="token"):
        door_url(BASE, token)


@pytest.mark.parametrize(
    "base",
    [
        "",
        "mq.example.cn",
        "ftp://a.cn",
        "https://a.cn/path",
        "https://门前.cn",
        "https://u@a.cn",
        "https://a_b.cn",
        "https://",
    ],
)
def test_no_code_is_made_for_an_address_that_would_not_scan(base):
    with pytest.raises(ValueError, match="base address"):
        door_url(base, TOKEN)


def test_a_paper_leads_to_where_it_is_checked():
    assert check_url(BASE, "3f2a91c0d4e705b1") == "HTTPS://MQ.MTG.EXAMPLE.CN/C/3F2A91C0D4E705B1"
    with pytest.raises(ForeignCode):
        read_door_url(check_url(BASE, "3f2a91c0d4e705b1"), BASE)


@pytest.mark.parametrize("code", ["", "3F2A", "3F2A91C0D4E705B12", "3F2A91C0D4E705BG", "门" * 16])
def test_no_address_is_made_of_a_bad_check_code(code):
    with pytest.raises(ValueError, match="check code"):
        check_url(BASE, code)
