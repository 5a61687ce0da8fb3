"""What a start of the command line loads: only what is asked for, so that help is there at once."""

import json
import subprocess
import sys

import pytest

from tests.laws.house import ROOMS

LOADED = """
import json, sys
before = set(sys.modules)
from engines.__main__ import main
try:
    main(json.loads(sys.argv[1]))
except SystemExit:
    pass
print("\\n" + json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.mark.parametrize("words", [["--help"], ["ledger", "--help"], ["fraud", "serve", "--help"], ["bench", "--help"]])
def test_help_loads_nothing_from_outside_the_house(words: list[str]) -> None:
    """Not pandas, nor numpy, nor scikit-learn, which take a second; what is promised is 0.3 seconds of CPU."""
    asked = [sys.executable, "-c", LOADED, json.dumps(words)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert "usage: hexi" in told
    loaded = {name.split(".")[0] for name in json.loads(told.splitlines()[-1])}
    assert "engines" in loaded
    assert loaded - set(sys.stdlib_module_names) <= set(ROOMS)
