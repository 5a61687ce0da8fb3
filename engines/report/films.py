"""Filmstrips for the page: pictures inside it, as data, each with its words.

Only PNG and JPEG are taken, by how they begin: a page that holds pictures of other pages must not hold their scripts.
"""

import base64
from typing import Any

from engines.errors import PictureRefusedError
from engines.report.legible import legible
from engines.result import Film

__all__ = ["drawn_film"]

_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def drawn_film(film: Film) -> dict[str, Any]:
    r"""Return what the template shows of a film.

    Raises
    ------
    PictureRefusedError
        If a frame is neither PNG nor JPEG.

    Examples
    --------
    >>> from engines.result import Frame
    >>> film = Film("Steps", "步骤", "", (Frame("one", "一", b"\xff\xd8\xff..."),))
    >>> drawn_film(film)["frames"][0]["source"][:22]
    'data:image/jpeg;base64'
    """
    frames = []
    for frame in film.frames:
        kind = next((kind for sign, kind in _KINDS.items() if frame.picture.startswith(sign)), None)
        if kind is None:
            raise PictureRefusedError(f"the frame {frame.title!r} of {film.title!r} is neither PNG nor JPEG")
        source = f"data:{kind};base64,{base64.b64encode(frame.picture).decode()}"
        frames.append({"title": legible(frame.title), "title_zh": legible(frame.title_zh), "source": source})
    words = {"title": film.title, "title_zh": film.title_zh, "caption": film.caption}
    return {name: legible(text) for name, text in words.items()} | {"frames": frames}
