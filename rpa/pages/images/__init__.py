"""Pages of the image platform (影像平台): upload of an account's papers, and the set of pages that it has stored.

In: HTML, and files with their hashes. Out: what is stored, by file name with size and SHA-256; whatever is missing or
other than it was sent is named.
"""

from rpa.pages.images import home, page_set, printed, upload

__all__ = ["home", "page_set", "printed", "upload"]
