"""Rules as data: a small language for conditions, rulebooks in TOML, and their hits over a table.

In: a rulebook (`load`, `parse`, or `first_rulebook` and `full_rulebook`, which come with the package) and columns,
raw ones of `fraud.schema` and features of `fraud.features.catalogue`. Out: which rule hits which row, the rules
left out because the table lacks their fields, and for a hit the reason in English or Chinese. What a condition means,
above all with missing values, is written in `fraud.rules.language`; `fraud.rules.reference` is the same in
plain Python, and `fraud.rules.compiled` judges all rules at once, over columns and on one event.
"""

from fraud.rules.evaluate import evaluate
from fraud.rules.language import parse_condition
from fraud.rules.reading import first_rulebook, full_rulebook, load, parse
from fraud.rules.reasons import explain
from fraud.rules.reference import judge
from fraud.rules.rulebook import ACTIONS, ExampleFailure, Rule, Rulebook, check_examples
from fraud.rules.syntax import write
from fraud.rules.vocabulary import VOCABULARY

__all__ = [
    "ACTIONS",
    "VOCABULARY",
    "ExampleFailure",
    "Rule",
    "Rulebook",
    "check_examples",
    "evaluate",
    "explain",
    "first_rulebook",
    "full_rulebook",
    "judge",
    "load",
    "parse",
    "parse_condition",
    "write",
]
