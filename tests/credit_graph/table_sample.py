"""A few good parties and a good tie of each kind, to be broken by the tests of tables."""

from typing import Any

import pandas as pd

PARTIES = pd.DataFrame(
    {
        "party_id": ["A", "B", "C", "P", "Q"],
        "kind": ["firm", "firm", "bank", "person", "person"],
        "name": ["甲", "乙", None, "丙", "丁"],
        "equity_fen": pd.array([100, -50, None, None, 0], "Int64"),
    }
)
COMMON = {"from_id": "A", "to_id": "B", "valid_from": "2024-01-01", "valid_to": None, "source": "register"}
OWN: dict[str, dict[str, Any]] = {
    "guarantee": {"amount_fen": 500},
    "loan": {"amount_fen": 500},
    "shareholding": {"share": 0.5},
    "control": {},
    "kinship": {"from_id": "P", "to_id": "Q"},
    "fund_flow": {"amount_fen": 500},
    "shared_attribute": {"to_id": "H0001", "attribute": "address"},
}


def table(kind: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """Ties of one kind, good but for what each row says otherwise."""
    whole = [{**COMMON, **OWN[kind], **row} for row in rows]
    names = dict.fromkeys(name for row in whole for name in row)
    return pd.DataFrame({name: pd.Series([row.get(name) for row in whole], dtype=object) for name in names})
