"""Without numba the same functions run as plain Python, and numpy serves the features that it can make."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
sys.modules["numba"] = None  # as if it were not installed
from fraud.features import CORE, FEATURES, FeatureBuilder
from fraud.features.arrays import ARRAY_FEATURES
from fraud.features.checks import require_equal
from fraud.features.reference import features_by_definition
from fraud.online import OnlineFeatures
from fraud.online.compiled import HAS_NUMBA
from tests.fraud.test_features_agree_with_definition import OPTIONAL, random_frame
from tests.fraud.test_online_features import ALL, pushed

assert not HAS_NUMBA
frame = random_frame(5, 25, OPTIONAL, "str")
wanted = features_by_definition(frame, frame.columns, 7.0, ALL)
require_equal(FeatureBuilder(frame.columns, 7.0, ALL).update(frame), wanted, "in a table")
online = OnlineFeatures(frame.columns, 7.0, ALL)
require_equal(pushed(frame.drop(columns="transaction_id"), online), wanted, "online")
names = [name for name in CORE if name in ARRAY_FEATURES]
builder = FeatureBuilder(frame.columns, 7.0, names)
require_equal(builder.update(frame), wanted[names], "by numpy")
assert builder.sequence == 0, "the kernel was not asked"
"""


def test_features_are_the_same_without_the_compiler():
    done = subprocess.run([sys.executable, "-W", "error", "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
