"""What never enters the repository: machine paths, registry hosts, others' code, postponed work.

The forbidden words are put together here, so that this file does not hold them itself.
"""

import json
import re
import stat

import pytest

from tests.guards import tree

REGISTRY = "|".join(
    (r"registry\.npm" + "js", r"python" + r"hosted\.org", r"pypi\." + "org", r"npm" + r"mirror\.")
)
INDEX = "--(extra-)?index" + "-url|--find" + "-links|--trusted" + "-host"
MACHINE = "/" + r"work/\w|/" + r"root/|/" + r"home/\w+/|/" + r"Users/\w"
POSTPONED = (
    r"pytest\.mark\.(skip|xfail)|pytest\.(skip|xfail|importorskip)\("
    r"|unittest\.skip|#\s*(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|assert Tr" + r"ue\b"
)
OTHERS_FOLDERS = {"vendor", "node_modules", "third_party", "dist", "build"}
OTHERS_ENDINGS = (".min.js", ".min.css", ".ttf", ".otf", ".woff", ".woff2", ".whl", ".map")
LOCKS = {"package-lock.json", "requirements.lock", "requirements-dev.lock"}
PICTURES = {".png", ".webp"}
LARGEST = 200_000
LARGEST_PICTURE = 800_000


def text_files():
    return [path for path in tree.files() if path.suffix not in PICTURES]


def found(pattern, paths):
    wanted = re.compile(pattern)
    return [
        f"{tree.name(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if wanted.search(line)
    ]


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE], ids=["registries", "machines"])
def test_no_file_names_where_somebody_works(pattern):
    places = found(pattern, text_files())

    assert not places, "\n".join(places)


def test_locks_say_what_and_never_where_from():
    addresses = found(INDEX, [tree.ROOT / name for name in LOCKS])
    packages = json.loads((tree.ROOT / "package-lock.json").read_text("utf-8"))["packages"]

    assert not addresses, "\n".join(addresses)
    assert not [name for name, package in packages.items() if "resolved" in package]
    assert not [name for name, package in packages.items() if name and "integrity" not in package]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_library_is_known_by_its_hash(lock):
    text = (tree.ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert pinned
    assert not [line for line in pinned if "==" not in line or "--hash=sha256:" not in line]


def test_nothing_of_others_is_kept_here():
    others = [
        tree.name(path)
        for path in tree.files()
        if OTHERS_FOLDERS & set(tree.name(path).split("/")[:-1])
        or path.name.endswith(OTHERS_ENDINGS)
    ]

    assert not others, "\n".join(others)


def test_files_are_of_a_size_that_people_write():
    large = [
        f"{tree.name(path)} has {size} bytes"
        for path in tree.files()
        for most in [LARGEST_PICTURE if path.suffix in PICTURES else LARGEST]
        if path.name not in LOCKS and (size := path.stat().st_size) > most
    ]

    assert not large, "\n".join(large)


def test_nothing_is_skipped_or_left_for_later():
    code = [path for path in text_files() if path.suffix in {".py", ".js", ".mjs", ".html", ".sh"}]
    postponed = found(POSTPONED, code)

    assert not postponed, "\n".join(postponed)


def test_ci_runs_what_everybody_runs():
    script = tree.ROOT / ".ci/run"

    assert script.stat().st_mode & stat.S_IXUSR
    assert "make test" in script.read_text("utf-8")
