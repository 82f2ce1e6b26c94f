"""Tagged notebook cells become pipelines that give what the notebook gives."""

__version__ = "0.1.0"
