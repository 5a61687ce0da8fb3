"""The auditor: checks a ledger from its bytes, offline, without trusting whoever wrote it.

In: a ledger's file, or a proof bundle. Out: a report that everything holds, or the first place where it does not;
proofs that a transaction is in the log and that one state of the log continues another; two histories held side by
side. It shares the format and the rules with the writer, and nothing else: no store, no cache of the state, no node.
"""

from ledger.auditor.comparison import Comparison, compare
from ledger.auditor.report import Finding, Report
from ledger.auditor.verification import verify

__all__ = ["Comparison", "Finding", "Report", "compare", "verify"]
