"""A plugin of pytest for mutants: one example that fails is enough, it need not be made small and explained."""

from hypothesis import Phase, settings

__all__: list[str] = []

settings.register_profile("unshrunk", phases=(Phase.explicit, Phase.generate), deadline=None, database=None)
settings.load_profile("unshrunk")
