"""Pictures of pages: the whole page, with a style sheet laid over it while it is taken.

Taken by the browser's own protocol, which packs a picture faster and larger. Playwright's way is taken where a style
sheet of the document does not reach everything: frames, and elements with a tree of their own.
"""

import asyncio
import base64
from typing import Any

from rpa.browser.acts import act
from rpa.browser.scripts import PICTURE_BEGINS, PICTURE_ENDS
from rpa.browser.session import Tab

__all__ = ["picture"]

_HIGHEST = 16_384
"""Pixels; a higher picture cannot be taken."""


async def picture(tab: Tab, style: str, name: str = "the page") -> bytes:
    """Return a picture of the whole page as PNG.

    Parameters
    ----------
    style
        Style sheet that holds while the picture is taken.
    name
        What is on it, for messages.

    Raises
    ------
    FailureError
        If it takes too long, or the browser has ended.
    """
    with act(f"taking a picture of {name}", tab.patience):
        async with asyncio.timeout(tab.patience):
            size = await tab.page.evaluate(PICTURE_BEGINS, style)
            if size is None:
                return await tab.page.screenshot(style=style, full_page=True)
            try:
                width, height, is_seen_whole = size
                asked: dict[str, Any] = {"format": "png", "optimizeForSpeed": True}
                if not is_seen_whole:
                    clip = {"x": 0, "y": 0, "width": width, "height": min(height, _HIGHEST), "scale": 1}
                    asked |= {"captureBeyondViewport": True, "clip": clip}
                taken = await (await tab.protocol()).send("Page.captureScreenshot", asked)
            finally:
                await tab.page.evaluate(PICTURE_ENDS)
    return base64.b64decode(taken["data"])
