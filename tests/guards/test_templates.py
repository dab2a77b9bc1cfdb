"""Templates are code: each one loads in both languages, has a frame and a title, and is used."""

import re

import pytest
from jinja2 import nodes

from merchants_app import pages, words
from tests.guards import codes, tree

FRAMES = {"base.html", "public.html"}
SKELETON = "frame.html"
ALL = [
    tree.name(path).removeprefix("templates/")
    for path in tree.files_in("templates", suffix=".html")
]
PAGES = [name for name in ALL if "/" in name and not name.startswith("macros/")]
HANDLER_OR_STYLE = re.compile(
    r"<script(?![^>]*(\bsrc=|application/json))|\son[a-z]+=|\sstyle=", flags=re.IGNORECASE
)


def parsed(name):
    environment = pages.environment("zh")
    return environment.parse((tree.ROOT / "templates" / name).read_text("utf-8"))


def named_in(name):
    """Return the templates that one extends, imports or includes."""
    kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    return {
        each.template.value
        for each in parsed(name).find_all(kinds)
        if isinstance(each.template, nodes.Const)
    }


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("name", ALL)
def test_a_template_loads(name, lang):
    assert pages.environment(lang).get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_in_a_frame_and_has_a_title(name):
    extended = {each.template.value for each in parsed(name).find_all(nodes.Extends)}
    blocks = {block.name for block in parsed(name).find_all(nodes.Block)}

    if extended or not name.rpartition("/")[2].startswith("_"):
        assert extended
        assert "title" in blocks or not extended & FRAMES
        assert SKELETON not in extended


def test_whatever_a_template_names_exists():
    named = {f"{name} names {other}": other for name in ALL for other in named_in(name)}
    missing = [what for what, other in named.items() if other not in ALL and "govuk" not in other]

    assert not missing, "\n".join(missing)


def test_whatever_code_names_exists():
    named = {text for text in codes.spoken() if re.fullmatch(r"[a-z_/]+\.html", text)}

    missing = sorted(named - set(ALL))

    assert not missing, "\n".join(missing)


def test_no_template_is_forgotten():
    used = set(codes.spoken()).union(*(named_in(name) for name in ALL))

    forgotten = sorted(set(ALL) - used)

    assert not forgotten, "\n".join(forgotten)


def test_templates_keep_to_the_content_security_policy():
    inline = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name in ALL
        for number, line in enumerate(
            (tree.ROOT / "templates" / name).read_text("utf-8").splitlines(), 1
        )
        if HANDLER_OR_STYLE.search(line)
    ]

    assert not inline, "\n".join(inline)
