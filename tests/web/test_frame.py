"""The frame and the page machinery: what fails, what forgives, what every page carries."""

import gzip
import re
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from jinja2 import DictLoader, UndefinedError

from compliance.accounts.permissions import Role
from compliance.errors import InvalidInput
from merchants_app import pages
from merchants_app.navigation import Link

PAGE = (
    '{% extends "base.html" %}{% block title %}店{% endblock %}'
    "{% block content %}<h1>店</h1>{{ csrf_field() }}{% endblock %}"
)
VIEWER = SimpleNamespace(display_name="<李秀英>", role=Role.LANE_CHIEF, csrf='a"b')
FAULTY = {
    "status": 404,
    "title": "没有找到",
    "detail": "这里没有",
    "code": "door.unknown",
    "faults": {},
    "signed_in": False,
}


@pytest.fixture
def template(monkeypatch):
    """Give a function that renders template text as a page of its own."""

    def rendered(text, context=None, **frame):
        environment = pages.environment(frame.get("lang", "zh"))
        own = DictLoader({"own.html": text})
        environment.cache.clear()
        with monkeypatch.context() as patch:
            patch.setattr(environment.loader, "loaders", [*environment.loader.loaders, own])
            return pages.render("own.html", context or {}, **frame)

    return rendered


@dataclass(frozen=True)
class Shop:
    name: str


def test_a_forgotten_name_fails_the_page(template):
    with pytest.raises(UndefinedError):
        template("{{ shop }}")


def test_a_forgotten_attribute_fails_the_page(template):
    with pytest.raises(UndefinedError):
        template("{{ shop.phone }}", {"shop": Shop("一号店")})


def test_an_absent_key_of_a_mapping_is_empty(template):
    assert template("[{{ form.errors.name }}{{ form.errors.a.b }}]", {"form": pages.Form()}) == "[]"


def test_what_people_typed_is_escaped(template):
    shop = Shop('<script>"')

    assert template("{{ shop.name }}", {"shop": shop}) == "&lt;script&gt;&#34;"
    assert "&lt;李秀英&gt;" in template(PAGE, viewer=VIEWER)


def test_a_page_context_is_a_dataclass_or_a_mapping(template):
    assert template("{{ name }}", Shop("一号店")) == template("{{ name }}", {"name": "一号店"})


def test_macros_speak_the_language_of_the_page(template):
    text = '{% from "macros/form.html" import back_link %}{{ back_link("/") }}'

    assert "返回" in template(text)
    assert "Back" in template(text, lang="en")


def test_a_page_says_its_language_and_size(template):
    assert '<html lang="zh-CN">' in template(PAGE)
    assert '<html lang="en" class="large-type">' in template(PAGE, lang="en", size="large")


def test_switching_language_keeps_the_rest_of_the_address(template):
    text = template(PAGE, query={"q": "a&b", "lang": "zh"})

    assert 'href="?q=a%26b&amp;lang=en"' in text


def test_the_form_token_is_in_the_page_of_who_is_signed_in(template):
    field = '<input type="hidden" name="form_token" value="a&#34;b">'

    assert template(PAGE, viewer=VIEWER).count(field) == 2  # the page's form and "sign out"
    assert "form_token" not in template(PAGE)


def test_the_navigation_marks_where_one_is(template):
    links = [Link("巡查", "/patrols"), Link("整改", "/findings")]

    text = template(PAGE, viewer=VIEWER, navigation=links, path="/patrols/7")

    assert re.findall(r'<a href="([^"]+)" aria-current="page">', text) == ["/patrols"]


def test_errors_come_first_are_linked_to_their_field_and_named_in_the_title(template):
    form = pages.Form({}, {"phone": "手机号要有十一位数字", "": "请再试一次"})

    text = template(PAGE, {"form": form})

    assert "<title>有误：店 - 门前</title>" in text
    assert text.index('href="#phone"') < text.index("<h1>")
    assert 'href="#"' not in text


def test_a_field_shows_what_was_typed_and_what_is_wrong(template):
    text = (
        '{% from "macros/fields.html" import text_field %}'
        '{{ text_field(form, "phone", "手机号") }}{{ text_field(form, "word", "口令", type="password") }}'
    )
    form = pages.Form({"phone": '138"', "word": "secret"}, {"phone": "不对"})

    field = template(text, {"form": form})

    assert 'id="phone"' in field
    assert 'value="138&#34;"' in field
    assert 'aria-describedby="phone-error"' in field
    assert "secret" not in field


def test_a_refusal_becomes_messages_by_field():
    refusal = InvalidInput("form.invalid", fields={"phone": "field.required"})

    form = pages.Form.refused({"phone": ""}, refusal, "zh")

    assert list(form.errors) == ["phone"]
    assert form.errors["phone"] == pages.message("zh", "field.required", refusal)


def test_a_refusal_that_names_no_field_stands_in_the_summary():
    form = pages.Form.refused({}, InvalidInput("form.invalid"), "zh")

    assert list(form.errors) == [""]


def test_an_unknown_state_is_still_shown_with_a_shape_and_a_word(template):
    text = '{% from "macros/status.html" import status %}{{ status("state.new_one") }}'

    shown = template(text)

    assert "state.new_one" in shown
    assert "<svg" in shown


def test_sorting_again_turns_the_order_and_goes_back_to_the_first_page(template):
    text = (
        '{% from "macros/table.html" import data_table %}'
        '{{ data_table("商户", [{"key": "name", "text": "店名", "sort": true}], rows, query=query) }}'
    )
    rows = [{"name": "一号店"}]

    fresh = template(text, {"rows": rows}, query={"page": "3"})
    rising = template(text, {"rows": rows}, query={"sort": "name"})
    falling = template(text, {"rows": rows}, query={"sort": "-name"})

    assert 'href="?sort=name"' in fresh
    assert 'href="?sort=-name"' in rising
    assert 'aria-sort="ascending"' in rising
    assert 'href="?sort=name"' in falling
    assert 'aria-sort="descending"' in falling


def test_a_bar_is_full_and_green_only_when_all_is_done(template):
    text = (
        '{% from "macros/progress.html" import bar %}{{ bar(4, 5) }}{{ bar(5, 5) }}{{ bar(0, 0) }}'
    )

    assert template(text).count("bar__fill--full") == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("status", [401, 403, 404, 409, 410, 422, 429, 500])
def test_a_refusal_is_a_whole_page_in_both_languages(lang, status):
    text = pages.render("errors/error.html", {**FAULTY, "status": status}, lang=lang)

    assert "<h1>没有找到</h1>" in text
    assert "door.unknown" in text
    assert text.rstrip().endswith("</html>")


def test_a_public_page_needs_no_script():
    assert "<script" not in pages.render("errors/error.html", FAULTY)


def test_every_class_a_template_names_is_styled():
    style = pages.paths.STATIC / pages.static_url("site.css").rsplit("/", 1)[1]
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", style.read_text("utf-8")))

    bare = {
        f"{path.relative_to(pages.paths.TEMPLATES)}: {name}"
        for path in pages.paths.TEMPLATES.rglob("*.html")
        for names in re.findall(r'class="([^"]*)"', path.read_text("utf-8"))
        for name in re.sub(r"\{[{%].*?[%}]\}", " ", names).split()
        if name not in styled and not name.endswith("--")
    }

    assert not bare, "\n".join(sorted(bare))


def test_the_style_sheet_stays_small_on_a_slow_network():
    style = pages.paths.STATIC / pages.static_url("site.css").rsplit("/", 1)[1]

    assert len(gzip.compress(style.read_bytes())) < 25 * 1024
