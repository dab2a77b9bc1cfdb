"""The wheel holds our three packages and everything they read, and nothing at its top level besides.

A top-level `alembic/` or `templates/` would be unpacked into other libraries' folders.
"""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement

from tests.guards import tree


@pytest.fixture(scope="module")
def sdist_and_wheel(tmp_path_factory):
    """Build both as releases are built: the wheel from the unpacked sdist, without a network."""
    folder = tmp_path_factory.mktemp("dist")
    sdist = build("sdist", tree.ROOT, folder)
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    return sdist, build("wheel", unpacked, folder)


def build(kind, source, target):
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module")
def contents(sdist_and_wheel):
    with zipfile.ZipFile(sdist_and_wheel[1]) as archive:
        return set(archive.namelist())


def test_the_top_level_is_exactly_our_packages(contents):
    top = {name.split("/")[0] for name in contents}

    assert {name for name in top if not name.endswith(".dist-info")} == set(tree.ROOMS)


def test_everything_the_packages_read_is_in_the_wheel(contents):
    homes = {"templates/": "merchants_app/templates/", "alembic/": "merchants_app/migrations/"}
    expected = {
        tree.name(path)
        for path in tree.files()
        if tree.name(path).split("/")[0] in tree.ROOMS and "merchants_app/assets" not in str(path)
    }
    for checkout, packaged in homes.items():
        expected |= {
            packaged + tree.name(path).removeprefix(checkout)
            for path in tree.files()
            if tree.name(path).startswith(checkout)
        }

    assert not expected - contents


def test_built_styles_and_scripts_survive_the_way_through_the_sdist(contents):
    static = tree.ROOT / "merchants_app/static"
    built = {f"merchants_app/static/{path.name}" for path in static.iterdir()}

    assert "merchants_app/static/manifest.json" in built
    assert built <= contents


def test_a_release_can_not_be_uploaded_by_mistake(project):
    assert "Private :: Do Not Upload" in project["classifiers"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_holds_what_the_project_asks_for(project, lock):
    asked = [*project["dependencies"]]
    if lock == "requirements-dev.lock":
        asked += project["optional-dependencies"]["dev"]
    text = (tree.ROOT / lock).read_text("utf-8")
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text, flags=re.MULTILINE))
    versions = {normal(name): version for name, version in locked.items()}
    unmet = [
        line
        for line in asked
        for wanted in [Requirement(line)]
        for version in [versions.get(normal(wanted.name))]
        if version is None or version not in wanted.specifier
    ]

    assert not unmet, f"run `make lock`: {unmet}"


def test_what_the_rooms_import_is_what_the_project_asks_for(project):
    asked = {normal(Requirement(line).name) for line in project["dependencies"]}
    homes = packages_distributions()
    missing = {
        f"{tree.name(path)}:{line} imports {module}"
        for path in tree.files_in(*tree.ROOMS)
        for line, module in tree.imports(path)
        for top in [module.split(".")[0]]
        if top not in sys.stdlib_module_names and top not in tree.ROOMS
        if not asked & {normal(name) for name in homes.get(top, ())}
    }

    assert not missing, "\n".join(sorted(missing))


@pytest.fixture
def project():
    return tomllib.loads((tree.ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
