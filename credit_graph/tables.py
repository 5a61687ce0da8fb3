"""The columns of the tables: parties, and one table for each kind of tie.

Every table of ties has from_id, to_id, valid_from (first day), valid_to (last day, 含当日: contracts are written with
their last day; missing where the end is open) and source (which register or file the row comes from). Amounts are
whole fen; shares are parts of the whole, 0.51 for 51 %. An edge_id is optional, and so is any column of one's own.

A shared attribute (7-1: legal representative, agent, address, phone or officer shared by firms) has the attribute's
value in to_id and its type in `attribute`; the graph gets a node "address:H0001" for it. No party may be called so.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = [
    "ATTRIBUTES",
    "ATTRIBUTE_KIND",
    "NOT_WITH_ITSELF",
    "PARTY_COLUMNS",
    "PARTY_KINDS",
    "TIE_COLUMNS",
    "WITH_AMOUNT",
    "WITH_SHARE",
]

PARTY_KINDS = ("firm", "person", "bank")
"""What a party can be."""

ATTRIBUTE_KIND = "attribute"
"""The kind of the nodes that stand for shared attributes; no party of a table is of it."""

ATTRIBUTES = ("legal_representative", "agent", "address", "phone", "officer")
"""What two firms can share."""

PARTY_COLUMNS = ("party_id", "kind", "name", "equity_fen")
"""Identifier, one of `PARTY_KINDS`, name (may be missing), own capital in fen (may be missing, may be negative)."""

WITH_AMOUNT = ("guarantee", "loan", "fund_flow")
"""Kinds whose ties have an amount."""

WITH_SHARE = ("shareholding", "control")
"""Kinds whose ties have a share; a control may leave it out, a shareholding may not."""

NOT_WITH_ITSELF = ("guarantee", "loan", "control", "kinship")
"""Kinds that tie two parties; a firm may hold its own stock (库存股) and pay from one own account to another."""

_TIE = ("from_id", "to_id", "valid_from", "valid_to", "source")

TIE_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "guarantee": (*_TIE, "amount_fen"),
        "loan": (*_TIE, "amount_fen"),
        "shareholding": (*_TIE, "share"),
        "control": _TIE,
        "kinship": _TIE,
        "fund_flow": (*_TIE, "amount_fen"),
        "shared_attribute": (*_TIE, "attribute"),
    }
)
"""The columns that each table of ties must have."""
