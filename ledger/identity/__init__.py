"""Identity: organisations with an authority of their own, and the certificates that speak for them.

In: DER bytes of X.509 certificates and revocation lists. Out: who somebody is, in which role (maker 经办, checker
复核), with which key, from when to when; or a named refusal. Both crypto suites use the same X.509, with their own
keys and signatures in it.
"""

from ledger.identity.authority import authority_certificate, issue, revocation_list
from ledger.identity.certificates import Certificate, check_issued_by, check_valid_at, read_certificate
from ledger.identity.revocations import RevocationList, read_revocations

__all__ = [
    "Certificate",
    "RevocationList",
    "authority_certificate",
    "check_issued_by",
    "check_valid_at",
    "issue",
    "read_certificate",
    "read_revocations",
    "revocation_list",
]
