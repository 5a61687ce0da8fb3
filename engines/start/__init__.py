"""The start page: what there is to run, how long it takes, and what came of it, as one offline page.

In: the catalogue, the paper's 37 cases, measured durations, and the reports that lie in a folder. Out: a page with a
thumbnail of each report, commands to copy, and links to reports, lessons, results and the guide, where they exist.
"""

__all__: list[str] = []
