"""The server extension: settings and routes."""

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.utils import url_path_join
from traitlets import Unicode

from .bridge import ConfiguredBridge, LocalBridge
from .handlers import ApiHandler, WhereHandler


class CellwayExtension(ExtensionApp):
    name = "cellway"
    load_other_extensions = True

    bridge_url = Unicode(
        "",
        help="Address of a bridge to use instead of the user's own, for example a cluster's. Absent: the local one, which "
        "is started when it is first asked for.",
    ).tag(config=True)
    bridge_token_file = Unicode("", help="File with the token that `bridge_url` wants.").tag(config=True)
    data = Unicode("", help="Data folder of the local bridge. Absent: what Cellway's own settings say.").tag(config=True)

    def initialize_handlers(self):
        if self.bridge_url:
            bridge = ConfiguredBridge(self.bridge_url, self.bridge_token_file)
        else:
            bridge = LocalBridge(self.data or None)
        base = url_path_join(self.serverapp.base_url, "cellway")
        self.handlers.extend(
            [
                (url_path_join(base, r"(api/v1/.*)"), ApiHandler, {"bridge": bridge}),
                (url_path_join(base, "where"), WhereHandler),
            ]
        )
