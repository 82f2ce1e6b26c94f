"""terminal.py KEYS COMMAND…: runs the command in a pseudo-terminal of 80 x 24 and copies what it shows.

KEYS is a JSON list of {"after": text, "type": keys}: the keys are typed when the text has been shown since the last ones.
"""

import json
import os
import pty
import struct
import sys
import fcntl
import termios


def main(keys, command):
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.execvp(command[0], command)
    shown = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            part = b""
        if not part:
            break
        sys.stdout.buffer.write(part)
        shown += part
        if keys and keys[0]["after"].encode() in shown:
            shown = b""
            os.write(terminal, keys.pop(0)["type"].encode())
    sys.stdout.flush()
    _, status = os.waitpid(pid, 0)
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
