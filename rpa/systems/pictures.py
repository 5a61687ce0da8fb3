"""Pictures of digits (图形验证码): what people read at a log-in, and a page's text does not say."""

import base64
import secrets

from rpa.systems.documents import png

__all__ = ["picture_of"]

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
        down = secrets.randbelow(_ROWS - 7)
        for row, line in enumerate(_DIGITS[int(digit)].split()):
            for column in (column for column, dot in enumerate(line) if dot == "1"):
                left, top = (place * _COLUMNS + column + 1) * _DOT, (row + down) * _DOT
                for y in range(top, top + _DOT):
                    grey[y * width + left : y * width + left + _DOT] = bytes(
                        one // 3 for one in noise[y * width + left : y * width + left + _DOT]
                    )
    data = png(width, height, bytes(grey))
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"
