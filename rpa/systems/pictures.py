"""Pictures of points: numbers drawn in grey, for a log-in that people read (图形验证码) and for made papers."""

import base64
import secrets
import struct
import zlib

__all__ = ["draw", "picture_of", "png"]

_DIGITS = (
    *("01110 10001 10011 10101 11001 10001 01110", "00100 01100 00100 00100 00100 00100 01110"),
    *("01110 10001 00001 00110 01000 10000 11111", "11110 00001 00001 01110 00001 00001 11110"),
    *("00010 00110 01010 10010 11111 00010 00010", "11111 10000 11110 00001 00001 10001 01110"),
    *("01110 10000 11110 10001 10001 10001 01110", "11111 00001 00010 00100 01000 01000 01000"),
    *("01110 10001 01110 10001 10001 10001 01110", "01110 10001 10001 01111 00001 00001 01110"),
)
_DOT, _ROWS, _COLUMNS = 4, 11, 8


def picture_of(code: str) -> str:
    """Return a picture of some digits, each a little higher or lower, in noise, as an address that a page can show.

    Examples
    --------
    >>> picture_of("4711")[:22]
    'data:image/png;base64,'
    """
    width, height = len(code) * _COLUMNS * _DOT, _ROWS * _DOT
    noise = secrets.token_bytes(width * height)
    grey = bytearray(170 + one % 86 for one in noise)
    for place, digit in enumerate(code):
        left, top = (place * _COLUMNS + 1) * _DOT, secrets.randbelow(_ROWS - 7) * _DOT
        draw(grey, width, digit, left, top, _DOT)
    return f"data:image/png;base64,{base64.b64encode(png(width, height, bytes(grey))).decode()}"


def draw(grey: bytearray, width: int, digits: str, left: int, top: int, dot: int = 1) -> None:
    r"""Draw digits into rows of grey points, darker than what is there; what has no place is left out.

    Examples
    --------
    >>> grey = bytearray(b"\xff" * 35)
    >>> draw(grey, 5, "1", 0, 0)
    >>> grey.count(0x55)
    10
    """
    for place, digit in enumerate(digits):
        for row, line in enumerate(_DIGITS[int(digit)].split()):
            for column, is_dark in enumerate(line):
                x = left + (place * 6 + column) * dot
                if is_dark == "0" or x + dot > width:
                    continue
                for y in range(top + row * dot, top + (row + 1) * dot):
                    first = y * width + x
                    grey[first : first + dot] = bytes(one // 3 for one in grey[first : first + dot])


def png(width: int, height: int, grey: bytes, text: str = "") -> bytes:
    r"""Return a picture of 8 bits of grey a point, row by row, with an account's number in its text.

    Examples
    --------
    >>> png(2, 1, bytes(2))[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    rows = b"".join(b"\x00" + grey[row * width : (row + 1) * width] for row in range(height))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))]
    parts += [(b"tEXt", b"account\x00" + text.encode())] if text else []
    parts += [(b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
