"""Telling phones that their configuration changed, and following each until it has it."""

from provd.resync.batches import Batch
from provd.resync.reach import Line, Reach
from provd.resync.service import Resyncs
from provd.resync.steps import Phase, Resync

__all__ = ["Batch", "Line", "Phase", "Reach", "Resync", "Resyncs"]
