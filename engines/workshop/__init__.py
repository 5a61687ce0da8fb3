"""Workshops: lessons read from their scripts, run, and made into notebooks and pages for teacher and student.

In: the percent scripts under `engines/lessons/`. Out: notebooks, offline HTML, a teacher's page and an index. A lesson
itself imports `show`, `check`, `pictures` and `aside` from here.
"""

from engines.workshop.apart import aside
from engines.workshop.checking import check
from engines.workshop.showing import show

__all__ = ["aside", "check", "show"]
