"""The version of flagger."""

__version__ = "0.1.0"
