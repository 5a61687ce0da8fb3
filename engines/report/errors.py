"""Refusals of the pictures: what cannot be drawn, and what would be right."""

from engines.errors import PictureRefusedError

__all__ = ["HairballError", "NetworkRefusedError"]


class NetworkRefusedError(PictureRefusedError):
    """The description of a network contradicts itself; the message names the part that does."""


class HairballError(NetworkRefusedError):
    """A network has more nodes or edges than people can read in its view."""
