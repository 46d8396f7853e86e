"""Pages of the government app; split by meaning, imported as `government.views`."""

from .exporting import export_proposals
from .results import results

__all__ = ["export_proposals", "results"]
