"""The parts of the province case: five engines look at one story, their evidence is weighed, and the truth judges.

In: the tables of `datasets.province_story` for some seeds. Out: what each engine saw of each firm, what that weighs by
other provinces, and how well the ring stands out by each engine alone and by all together. The subject is case 7-1.
"""

__all__: list[str] = []
