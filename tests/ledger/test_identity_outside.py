"""Certificates and lists that are made here, read by others: OpenSSL, and `cryptography` for Ed25519."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from identity_sample import BEGIN, OFFICES, Office

BOTH = pytest.mark.parametrize("here", OFFICES.values(), ids=OFFICES)
ED25519, SM2 = OFFICES.values()
OPENSSL = shutil.which("openssl")
with_openssl = pytest.mark.skipif(OPENSSL is None, reason="waits for the program openssl (Debian package openssl)")
NAMES = ["-nameopt", "RFC2253,-esc_msb"]
IDENTITY = ["-vfyopt", "distid:1234567812345678"]  # OpenSSL takes no identity by default, the standard this one


def openssl(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([OPENSSL or "openssl", *words], capture_output=True, text=True, check=False)


def stored(folder: Path, **files: bytes) -> list[str]:
    """Write structures as PEM; what is called a list is one, all else are certificates."""
    for name, data in files.items():
        kind = "X509 CRL" if name == "withdrawn" else "CERTIFICATE"
        text = base64.encodebytes(data).decode()
        (folder / name).write_text(f"-----BEGIN {kind}-----\n{text}-----END {kind}-----\n")
    return [str(folder / name) for name in files]


@with_openssl
@BOTH
def test_openssl_reads_who_it_is(here: Office, tmp_path: Path) -> None:
    (path,) = stored(tmp_path, person=here.person.der)
    shown = openssl("x509", "-in", path, "-noout", "-subject", "-issuer", "-serial", *NAMES)
    assert shown.stdout.splitlines() == [
        "subject=CN=Li 李,OU=maker,O=core",
        "issuer=CN=core,OU=authority,O=core",
        "serial=02",
    ]


@with_openssl
@BOTH
def test_openssl_verifies_the_chain_in_its_strictest_mode(here: Office, tmp_path: Path) -> None:
    root, person = stored(tmp_path, root=here.authority.der, person=here.person.der)
    identity = IDENTITY if here is SM2 else []
    words = ["verify", "-x509_strict", *identity, "-attime", str(BEGIN), "-CAfile", root]
    verified = openssl(*words, person)
    assert verified.stdout == f"{person}: OK\n", verified.stderr
    broken = bytearray(here.person.der)
    broken[-1] ^= 1
    (path,) = stored(tmp_path, broken=bytes(broken))
    refused = openssl(*words, path)
    assert refused.returncode != 0
    assert "certificate signature failure" in refused.stderr


@with_openssl
def test_openssl_verifies_a_list_of_ed25519_and_refuses_whom_it_names(tmp_path: Path) -> None:
    """It can not be told the identity for lists of SM2."""
    here = ED25519
    root, person, withdrawn = stored(
        tmp_path, root=here.authority.der, person=here.person.der, withdrawn=here.withdrawn(7, [2])
    )
    assert "verify OK" in openssl("crl", "-in", withdrawn, "-noout", "-CAfile", root).stderr
    words = ["verify", "-crl_check", "-attime", str(BEGIN), "-CAfile", root, "-CRLfile", withdrawn]
    assert "certificate revoked" in openssl(*words, person).stderr


@with_openssl
def test_openssl_reads_a_list_of_sm2(tmp_path: Path) -> None:
    (withdrawn,) = stored(tmp_path, withdrawn=SM2.withdrawn(7, [2, 300]))
    shown = openssl("crl", "-in", withdrawn, "-noout", "-text", *NAMES).stdout
    assert "Signature Algorithm: SM2-with-SM3" in shown
    assert "Issuer: CN=core,OU=authority,O=core" in shown
    assert [line.split(": ")[1] for line in shown.splitlines() if "Serial Number" in line] == ["02", "012C"]


def test_cryptography_verifies_a_chain_of_ed25519() -> None:
    root, person = (x509.load_der_x509_certificate(one.der) for one in (ED25519.authority, ED25519.person))
    person.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    key = person.public_key()
    assert isinstance(key, Ed25519PublicKey)
    assert key.public_bytes_raw() == ED25519.person.public_key
    issuer = root.public_key()
    assert isinstance(issuer, Ed25519PublicKey)
    assert x509.load_der_x509_crl(ED25519.withdrawn(7, [2])).is_signature_valid(issuer)
