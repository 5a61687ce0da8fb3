"""The cases: one module for each, found by walking this folder.

In: a seed and a size, or somebody's file. Out: a `Result`, whose checks decide the exit code of the command.
"""

__all__: list[str] = []
