"""The doors: HTTP, command line, worker, adapters; where rules and paper meet."""

__version__ = "0.1.0"
