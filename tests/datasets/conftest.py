"""The credit tables of one province, drawn once for all tests that only read them."""

import pandas as pd
import pytest
from credit_sample import DAY, FIRMS, SEED, pairs_on

from datasets.guarantees import credit_tables


@pytest.fixture(scope="session")
def tables() -> dict[str, pd.DataFrame]:
    return credit_tables(FIRMS, SEED)


@pytest.fixture(scope="session")
def truth(tables) -> pd.DataFrame:
    return tables["truth"]


@pytest.fixture(scope="session")
def valid(tables) -> set[tuple[str, str]]:
    """Guarantor and borrower of the guarantees of the day."""
    return pairs_on(tables["guarantee"], DAY)
