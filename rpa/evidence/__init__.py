"""Evidence and secrets: what the bot did and saw, kept so that a change is found, and without what nobody may read.

In: pictures, values, receipts, messages, and the secrets that must not be among them. Out: a folder for each account
with an index of hashes, a log whose lines hold each other, and texts that are masked before they reach a disk.
"""

from rpa.evidence.audit_log import AuditLog, Broken, Head, Line, head, lines, verify
from rpa.evidence.credentials import Credentials, Secret, Vault, desktop_keyring, read_secrets_file
from rpa.evidence.masking import Masking, MaskingFormatter
from rpa.evidence.page_masking import MARKING_SCRIPT, MASKED_SELECTORS, MASKING_STYLE, masked_trace, masking_style
from rpa.evidence.story import Evidence, File, Story, read_index
from rpa.evidence.wholeness import Flaw, check, check_all

__all__ = [
    "MARKING_SCRIPT",
    "MASKED_SELECTORS",
    "MASKING_STYLE",
    "AuditLog",
    "Broken",
    "Credentials",
    "Evidence",
    "File",
    "Flaw",
    "Head",
    "Line",
    "Masking",
    "MaskingFormatter",
    "Secret",
    "Story",
    "Vault",
    "check",
    "check_all",
    "desktop_keyring",
    "head",
    "lines",
    "masked_trace",
    "masking_style",
    "read_index",
    "read_secrets_file",
    "verify",
]
