"""The words of the command line: what was parsed goes in, something is shown or written, the exit code comes out.

Each word is a function in a module of its own, which `engines.commands` imports when the word is used.
"""

__all__: list[str] = []
