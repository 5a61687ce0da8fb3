"""Tables in: every row read, judged, and kept or listed with its reason.

Frames of pandas, polars or Arrow come in; out come the rows that fit together and a report of all others: the table,
the row, the field, the value and what would be right. The caller chooses whether one bad row refuses everything or is
set apart (`check`).
"""

from credit_graph.intake.checking import Checked, check

__all__ = ["Checked", "check"]
