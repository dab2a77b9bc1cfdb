"""Everything people read exists in both languages, once, and is really used."""

import re
from enum import StrEnum
from functools import cache
from importlib import import_module

import pytest
from babel.messages.pofile import read_po
from jinja2 import nodes

from compliance import tables
from merchants_app import pages, words
from tests.guards import codes, tree

CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
OWN_NAME = "中文"  # a language is named in itself
LANGUAGES = words.LANGUAGES


@cache
def entries(lang):
    """Return file, msgid and sentence of every entry, plural forms one by one."""
    found = []
    for path in tree.files_in(f"merchants_app/locale/{lang}", suffix=".po"):
        with path.open("rb") as source:
            for entry in read_po(source, locale=lang):
                key = entry.id if isinstance(entry.id, str) else entry.id[0]
                forms = [entry.string] if isinstance(entry.string, str) else entry.string
                found += [(tree.name(path), key, form) for form in forms if key]
    return found


@cache
def known(lang):
    return {key for _, key, _ in entries(lang)}


@cache
def template(path):
    return pages.environment("zh").parse(path.read_text("utf-8"))


def templates():
    return tree.files_in("templates", suffix=".html")


@cache
def asked_by_templates():
    """Return msgid → template, of everything a template says by `_()`."""
    return {
        call.args[0].value: tree.name(path)
        for path in templates()
        for call in template(path).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == "_"
        if call.args and isinstance(call.args[0], nodes.Const)
    }


@cache
def constants():
    """Return every string that code or templates hold, whole."""
    found = set(codes.spoken())
    for path in templates():
        found |= {each.value for each in template(path).find_all(nodes.Const)}
    return found


def test_everything_templates_say_has_an_english_sentence():
    silent = {text: place for text, place in asked_by_templates().items() if CHINESE.search(text)}
    silent = {text: place for text, place in silent.items() if text not in known("en")}

    assert not silent, "\n".join(f"{place}: {text}" for text, place in silent.items())


def test_templates_hold_no_chinese_that_is_not_translated():
    bare = []
    for path in templates():
        tree_of = template(path)
        said = {
            id(call.args[0])
            for call in tree_of.find_all(nodes.Call)
            if isinstance(call.node, nodes.Name) and call.node.name == "_" and call.args
        }
        bare += [
            f"{tree.name(path)}:{each.lineno}: {each.data.strip()}"
            for each in tree_of.find_all(nodes.TemplateData)
            if CHINESE.search(each.data.replace(OWN_NAME, ""))
        ]
        bare += [
            f"{tree.name(path)}:{each.lineno}: {each.value}"
            for each in tree_of.find_all(nodes.Const)
            if id(each) not in said and CHINESE.search(str(each.value))
            if each.value not in {OWN_NAME, *known("en")}
        ]

    assert not bare, "\n".join(bare)


def test_chinese_in_routes_has_an_english_sentence():
    bare = {
        f"{tree.name(path)}: {text}"
        for path in tree.files_in("merchants_app/routes")
        for text in tree.strings(path)
        if CHINESE.search(text) and text not in known("en")
    }

    assert not bare, "\n".join(sorted(bare))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_that_templates_name_has_a_word(lang):
    named = {text: place for text, place in asked_by_templates().items() if CODE.fullmatch(text)}
    silent = {text: place for text, place in named.items() if text not in known(lang)}

    assert not silent, "\n".join(f"{place}: {text}" for text, place in silent.items())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_is_put_into_words(lang):
    silent = {
        code: place for code, place in codes.raised().items() if f"error.{code}" not in known(lang)
    }

    assert not silent, "\n".join(f"{place}: {code}" for code, place in silent.items())


def test_both_languages_know_the_same_codes():
    zh, en = ({key for key in known(lang) if CODE.fullmatch(key)} for lang in LANGUAGES)

    assert not zh ^ en


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_enum_that_is_shown_is_shown_whole(lang):
    halves = {
        words.code_of(member)
        for kind in enums()
        if any(words.code_of(member) in known(lang) for member in kind)
        for member in kind
        if words.code_of(member) not in known(lang)
    }

    assert not halves


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_empty_or_fuzzy(lang):
    assert not [f"{place}: {key}" for place, key, form in entries(lang) if not form.strip()]
    assert not [
        tree.name(path)
        for path in tree.files_in(f"merchants_app/locale/{lang}", suffix=".po")
        if "#, fuzzy" in path.read_text("utf-8")
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_key_has_one_sentence(lang):
    homes = {}
    for place, key, form in entries(lang):
        homes.setdefault(key, {}).setdefault(place, []).append(form)
    several = {
        key: places
        for key, places in homes.items()
        if len({tuple(forms) for forms in places.values()}) > 1
    }

    assert not several


def test_english_is_english():
    chinese = [f"{place}: {key}" for place, key, form in entries("en") if _mostly_chinese(form)]

    assert not chinese, "\n".join(chinese)


def test_a_translation_has_the_places_of_its_original():
    moved = []
    for place, key, form in entries("en"):
        original = {key, *(text for _, other, text in entries("zh") if other == key)}
        places = [set(PLACEHOLDER.findall(text)) for text in original if not CODE.fullmatch(text)]
        if places and set(PLACEHOLDER.findall(form)) - set.union(*places):
            moved.append(f"{place}: {key}")

    assert not moved, "\n".join(moved)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_left_that_nobody_says(lang):
    unused = [f"{place}: {key}" for place, key, _ in entries(lang) if not _is_said(key)]

    assert not unused, "\n".join(unused)


@cache
def enums():
    """Return the enums that records keep or rules speak of."""
    modules = [
        import_module(tree.name(path).removesuffix(".py").replace("/", "."))
        for path in tree.files_in("compliance")
        if path.name != "__init__.py"
    ]
    assert tables.METADATA.tables
    return {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
    }


@cache
def values():
    """Return every value that an enum or a string constant has."""
    return {str(member.value) for kind in enums() for member in kind} | constants()


def _is_said(key):
    """A sentence is said whole; a code whole, or put together from a family and a said value."""
    if key in constants() or not CODE.fullmatch(key):
        return key in constants()
    parts = key.split(".")
    endings = {".".join(parts[start:]) for start in range(1, len(parts))}
    return bool(endings & values()) or parts[0] == "family"


def _mostly_chinese(text):
    return len(CHINESE.findall(text)) > len(text) / 3
