"""The page about the health of the whole says what was measured, names its commands, and every licence that binds."""

import re

from tests.health.found import PAGE, page, read
from tests.health.licences import installed
from tests.laws.house import ROOT

TEXT = PAGE.read_text(encoding="utf-8")


def test_its_tables_are_what_was_measured() -> None:
    assert page(TEXT, read()) == TEXT, "python -m tests.health.found writes them anew"


def test_its_commands_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    asked = set(re.findall(r"`make (\w+)`", TEXT))
    assert asked == {"audit", "coverage", "licences", "mutants", "sbom", "size"}
    for target in asked:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_it_names_every_package_whose_licence_is_not_permissive() -> None:
    binding = {name for name, (_, family, _) in installed().items() if family != "permissive"}
    assert "python-stdnum" in binding
    unnamed = {name for name in binding if f"`{name}`" not in TEXT}
    assert not unnamed


def test_nothing_under_a_strong_copyleft_comes_with_the_core_or_an_extra_that_runs() -> None:
    tools = {"dev", "docs", "health", "peers"}
    for name, (licence, family, wanted) in installed().items():
        assert family in ("permissive", "weak copyleft") or set(wanted) <= tools, (name, licence)
