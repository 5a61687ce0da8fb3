"""Private payloads: papers that only named recipients can read, while the log vouches for what they say.

In: a payload, the recipients' public keys from the key contract, and random bytes. Out: one envelope that is handed
around outside the ledger, and the arguments with which the payload contract registers it; then, for a recipient, the
payload again, checked against the record. A vault keeps an organisation's envelopes and payload keys, and destroys
keys: that is the erasure.
"""

from ledger.privacy.envelopes import Copy, Envelope, envelope_bytes, read_envelope
from ledger.privacy.opening import open_envelope, open_with_key, unwrap_key
from ledger.privacy.purges import Purge, outstanding_purges
from ledger.privacy.sealing import Recipient, Sealed, current_recipients, seal_payload, share_payload
from ledger.privacy.vault import Vault

__all__ = [
    "Copy",
    "Envelope",
    "Purge",
    "Recipient",
    "Sealed",
    "Vault",
    "current_recipients",
    "envelope_bytes",
    "open_envelope",
    "open_with_key",
    "outstanding_purges",
    "read_envelope",
    "seal_payload",
    "share_payload",
    "unwrap_key",
]
