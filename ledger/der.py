"""DER: as much of it as it takes to put a suite's key and signature into a certificate, and to find them there.

X.509 structures are read and written by `cryptography`; it knows no SM2 keys, so that these two fields are handled here
as bytes, for both suites alike. SM2 signatures and ciphertexts go in and out of their library in DER too. Lengths are
in their one short form, or the bytes are refused.

References
----------
ITU-T X.690, section 8.1 and 10.1.
"""

from ledger.errors import BadCertificateError

__all__ = [
    "BIT_STRING",
    "INTEGER",
    "OCTET_STRING",
    "SEQUENCE",
    "content_of",
    "element",
    "fields",
    "integer_element",
    "integer_of",
]

SEQUENCE, OCTET_STRING, BIT_STRING, INTEGER = 0x30, 0x04, 0x03, 0x02


def element(tag: int, content: bytes) -> bytes:
    """Return an element: tag, length, content.

    Examples
    --------
    >>> element(SEQUENCE, bytes(200)).hex()[:8]
    '3081c800'
    """
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def content_of(data: bytes, tag: int) -> bytes:
    """Return what stands inside one element.

    Raises
    ------
    BadCertificateError
        If the bytes are not exactly one element of that tag.

    Examples
    --------
    >>> content_of(element(OCTET_STRING, b"ab"), OCTET_STRING)
    b'ab'
    """
    start, end = _span(data, 0)
    if data[0] != tag or end != len(data):
        raise BadCertificateError("the bytes are not one DER element of the kind that should stand here")
    return data[start:end]


def fields(data: bytes, tag: int = SEQUENCE) -> list[bytes]:
    """Return the elements inside one element, each with its tag and length.

    Raises
    ------
    BadCertificateError
        If the bytes are not exactly one element of that tag, of whole elements.

    Examples
    --------
    >>> [one.hex() for one in fields(element(SEQUENCE, integer_element(5) + integer_element(300)))]
    ['020105', '0202012c']
    """
    content, found, start = content_of(data, tag), [], 0
    while start < len(content):
        _, stop = _span(content, start)
        found.append(content[start:stop])
        start = stop
    return found


def integer_element(number: int) -> bytes:
    """Return a whole number of 0 or more as an element.

    Examples
    --------
    >>> integer_element(128).hex()
    '02020080'
    """
    return element(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def integer_of(data: bytes) -> int:
    """Return the whole number of 0 or more that an element holds.

    Raises
    ------
    BadCertificateError
        If it holds none, or not in the one short form.

    Examples
    --------
    >>> integer_of(integer_element(70_000))
    70000
    """
    number = int.from_bytes(content_of(data, INTEGER), "big")
    if integer_element(number) != data:
        raise BadCertificateError("the bytes are not a DER integer of 0 or more")
    return number


def _span(data: bytes, start: int) -> tuple[int, int]:
    """Return where the content of the element at a place begins and ends."""
    head = data[start : start + 2]
    if len(head) < 2:
        raise BadCertificateError("the DER bytes end inside an element")
    size, begin = head[1], start + 2
    if size & 0x80:
        count = size & 0x7F
        length = data[begin : begin + count]
        size, begin = int.from_bytes(length, "big"), begin + count
        if not 1 <= count <= 3 or size < 0x80 or length[0] == 0:
            raise BadCertificateError("a DER length is not in its one short form")
    if begin + size > len(data):
        raise BadCertificateError("the DER bytes end inside an element")
    return begin, begin + size
