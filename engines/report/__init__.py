"""What a case found, shown to people: in the terminal, as JSON, and as one HTML page that needs no network.

In: an `engines.result.Result`. Out: coloured text, a JSON document, or a page with its pictures. Nothing is
imported here, so that the command starts fast: the terminal needs rich alone, a page the extra 'report'.
"""

__all__ = [
    "channels",
    "document",
    "embedding",
    "errors",
    "legible",
    "network_layout",
    "network_page",
    "network_style",
    "networks",
    "page",
    "palette",
    "pictures",
    "terminal",
    "thinning",
    "timeline",
]
