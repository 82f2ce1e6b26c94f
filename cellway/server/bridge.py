"""Which bridge requests go to, and with what identity."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Optional


@dataclass(frozen=True)
class Place:
    """An address that answers: `http://…`, or a unix socket's path with a made-up host."""

    url: str
    token: str
    socket: Optional[str] = None


class NoBridge(Exception):
    """No bridge can be reached; `fix` says what to do."""

    def __init__(self, message, fix):
        super().__init__(message)
        self.fix = fix


class ConfiguredBridge:
    def __init__(self, url, token_file):
        self._url = url.rstrip("/")
        self._token_file = token_file

    async def place(self):
        try:
            # Read each time: tokens are renewed.
            token = Path(self._token_file).read_text("utf-8").strip() if self._token_file else ""
        except OSError as error:
            raise NoBridge(
                "The token of the bridge cannot be read: %s" % error, "Set CellwayExtension.bridge_token_file."
            ) from None
        return Place(self._url, token)

    def lost(self):
        """It is somebody else's to start again."""


class LocalBridge:
    """The user's own, found or started by the command line, which knows how to share one between versions."""

    def __init__(self, data):
        self._data = data
        self._found = None

    async def place(self):
        if self._found is None:
            self._found = asyncio.ensure_future(self._ensure())
        try:
            return await asyncio.shield(self._found)
        except BaseException:
            if self._found is not None and self._found.done():
                self._found = None
            raise

    def lost(self):
        self._found = None

    async def _ensure(self):
        argv = [sys.executable, "-m", "cellway.command", "serve", "--ensure"]
        if self._data:
            argv += ["--data", self._data]
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        out, err = await process.communicate()
        if process.returncode != 0:
            said = err.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
            raise NoBridge(
                "The bridge did not start: %s" % said[0], "\n".join(said[1:]).strip() or "Try: cellway serve"
            )
        place = json.loads(Path(out.decode("utf-8").strip()).read_text("utf-8"))
        address = place["address"]
        if address["kind"] == "unix":
            return Place("http://localhost", place["token"], address["path"])
        return Place("http://%s:%d" % (_bracketed(address["host"]), address["port"]), place["token"])


def _bracketed(host):
    return "[%s]" % host if ":" in host else host


def _environment():
    """The server's own secrets are none of the bridge's business, nor of the steps that it starts."""
    secret = {"JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"}
    return {key: value for key, value in os.environ.items() if key not in secret}
