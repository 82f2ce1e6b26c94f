"""Tagged notebook cells become pipelines that give what the notebook gives."""

__version__ = "0.1.0"


def _jupyter_labextension_paths():
    return [{"src": "labextension", "dest": "cellway"}]


def _jupyter_server_extension_points():
    from .server import CellwayExtension

    return [{"module": "cellway", "app": CellwayExtension}]
