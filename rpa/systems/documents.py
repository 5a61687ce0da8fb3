"""Documents: made pictures of an account's papers, as the operations platform hands them out.

An application form (开户申请书), a licence (营业执照) and a representative's card (身份证): small pictures of noise
with the account's number on them, unlike for every account, so that an exchange is noticed. Nobody's papers.
"""

import hashlib
import io
import zipfile

import numpy as np

from rpa.systems.pictures import draw, png

__all__ = ["PAGES", "archive", "documents", "kind_of"]

PAGES = ("开户申请书.png", "营业执照.png", "法定代表人身份证.pdf")
_SIGNS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"%PDF-": "pdf"}


def kind_of(data: bytes) -> str:
    """Return what a file is by how it begins: png, jpg or pdf; an empty text if it is none of them.

    Examples
    --------
    >>> kind_of(b"%PDF-1.4 ..."), kind_of(b"MZ")
    ('pdf', '')
    """
    return next((kind for sign, kind in _SIGNS.items() if data.startswith(sign)), "")


def documents(account_number: str, size: int = 20_000) -> dict[str, bytes]:
    """Return the papers of an account by file name.

    Parameters
    ----------
    size
        Bytes of each, roughly.

    Examples
    --------
    >>> papers = documents("6200010000000001", 2_000)
    >>> {name: kind_of(data) for name, data in papers.items()} == dict(zip(PAGES, ("png", "png", "pdf")))
    True
    """
    found = {}
    for place, name in enumerate(PAGES):
        seed = int.from_bytes(hashlib.sha256(f"{account_number} {place}".encode()).digest()[:8], "big")
        rng = np.random.default_rng(seed)
        noise = rng.bytes(max(size, 64))
        found[name] = _png(noise, account_number) if name.endswith("png") else _pdf(noise, account_number)
    return found


def archive(papers: dict[str, bytes]) -> bytes:
    """Return papers as one ZIP archive, the same bytes each time.

    Examples
    --------
    >>> archive({"a.png": b"x"})[:2]
    b'PK'
    """
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_STORED) as file:
        for name, data in papers.items():
            file.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data)
    return box.getvalue()


def _png(noise: bytes, text: str) -> bytes:
    side = max(int(len(noise) ** 0.5), 8)
    light = np.frombuffer(noise[: side * side].ljust(side * side, b"\x00"), np.uint8) | 0x80
    grey, dot = bytearray(light.tobytes()), max(side // (6 * len(text) + 6), 1)
    if side >= 20 and text.isascii() and text.isdigit():
        draw(grey, side, text, 3 * dot, 3 * dot, dot)
    return png(side, side, bytes(grey), text)


def _pdf(noise: bytes, text: str) -> bytes:
    drawing = f"BT /F1 18 Tf 40 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(noise), noise),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end
