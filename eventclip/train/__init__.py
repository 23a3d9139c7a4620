"""Training: recipes to run folders."""

from eventclip.train.loop import train

__all__ = ["train"]
