"""Our import names are plain words: nobody else may bring a package of the same name into the environment."""

import sys
from importlib.metadata import packages_distributions

import pytest

from tests.house.sources import PACKAGES, modules, name_of

SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers", "tools", "stuff"}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_name_is_ours_alone(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {"gehoord"}


def test_no_top_level_package_is_named_like_a_standard_module() -> None:
    assert not set(PACKAGES) & sys.stdlib_module_names


def test_every_folder_with_source_is_a_package() -> None:
    folders = {path.parent for path in modules()}
    bare = sorted(name_of(folder) for folder in folders if not (folder / "__init__.py").exists())
    assert bare == []


def test_every_module_is_named_for_what_it_is() -> None:
    vague = [name_of(path) for path in modules() if {path.stem, path.parent.name} & SAY_NOTHING]
    assert vague == []
