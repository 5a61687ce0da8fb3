"""What can be wrong with a row, in words for the clerk who corrects it.

The reasons complete the sentence "in this row, the field with this value ...": an offender, and what would be right.
"""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from credit_graph.numbering import LARGEST_FEN
from credit_graph.tables import ATTRIBUTES, PARTY_KINDS

__all__ = ["REASONS", "Fault"]


class Fault(IntEnum):
    """The faults, as numbers that fit into an array; 0 is none."""

    NONE = 0
    MISSING = 1
    NOT_TEXT = 2
    NOT_A_NUMBER = 3
    NOT_FINITE = 4
    NOT_WHOLE = 5
    NEGATIVE = 6
    TOO_LARGE = 7
    OVER_WHOLE = 8
    UNREADABLE_DATE = 9
    ENDS_BEFORE = 10
    PARTY_KIND = 11
    ATTRIBUTE = 12
    RESERVED_ID = 13
    REPEATED_PARTY = 14
    UNKNOWN_PARTY = 15
    REFUSED_PARTY = 16
    WITH_ITSELF = 17
    REPEATED_ROW = 18
    REPEATED_EDGE_ID = 19
    OVERSUBSCRIBED = 20


REASONS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        Fault.MISSING: ("is missing", "缺失"),
        Fault.NOT_TEXT: ("is not text; identifiers are text, since leading zeros count", "不是文本，编号须为文本"),
        Fault.NOT_A_NUMBER: ("is not a number", "不是数字"),
        Fault.NOT_FINITE: ("is not finite", "不是有限的数"),
        Fault.NOT_WHOLE: ("is not a whole number of fen", "不是整数分"),
        Fault.NEGATIVE: ("is negative", "为负数"),
        Fault.TOO_LARGE: (f"is beyond {LARGEST_FEN} fen", f"超过 {LARGEST_FEN} 分"),
        Fault.OVER_WHOLE: ("is over 100 % (write 0.51 for 51 %)", "超过 100 %（51 % 写作 0.51）"),
        Fault.UNREADABLE_DATE: ("is no date; write 2024-06-30", "日期无法识别，应写作 2024-06-30"),
        Fault.ENDS_BEFORE: ("is before valid_from", "失效日早于生效日"),
        Fault.PARTY_KIND: (f"is not one of {', '.join(PARTY_KINDS)}", "当事方类型不在 firm、person、bank 之内"),
        Fault.ATTRIBUTE: (f"is not one of {', '.join(ATTRIBUTES)}", "共享属性类型不在规定之内"),
        Fault.RESERVED_ID: ("begins like the node of a shared attribute", "编号以共享属性的前缀开头"),
        Fault.REPEATED_PARTY: ("was given in an earlier row; the earlier one stands", "当事方编号重复，以先出现者为准"),
        Fault.UNKNOWN_PARTY: ("is not in the table of parties", "不在当事方表中"),
        Fault.REFUSED_PARTY: ("is a party whose own row is bad", "该当事方自身的记录有误"),
        Fault.WITH_ITSELF: ("is both ends; this kind of tie needs two parties", "两端为同一当事方"),
        Fault.REPEATED_ROW: ("repeats an earlier row in every column", "与先前一行完全相同"),
        Fault.REPEATED_EDGE_ID: ("was given in an earlier row; the earlier one stands", "编号重复，以先出现者为准"),
        Fault.OVERSUBSCRIBED: (
            "is held with others' shares that come to more than 100 % on the same day",
            "同一公司同日持股合计超过 100 %",
        ),
    }
)
"""The reason for each fault, in English and Chinese."""
