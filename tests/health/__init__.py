"""Commands that measure the health of the whole: mutants, coverage, size, licences. Each is one line of the Makefile.

They come with no tests of their own subject; what they found last is in `docs/health.md`.
"""

__all__: list[str] = []
