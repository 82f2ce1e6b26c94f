import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a Python is and has. */
export interface PythonFacts {
  readonly python: string;
  readonly new: boolean;
  readonly fork: boolean;
  readonly packages: Readonly<Record<string, string | null>>;
}

/** Asks for versions by the packages' metadata: nothing is imported. */
const ASK = `
import json, os, sys
from importlib import metadata
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
print(json.dumps({"python": "%d.%d.%d" % sys.version_info[:3], "new": sys.version_info >= (3, 9),
  "fork": hasattr(os, "fork") and sys.platform == "linux", "packages": {n: version(n) for n in sys.argv[1:]}}))
`;

/** `argv` starts the Python, in the environment `env`. A text says why it does not answer. */
export async function askPython(
  argv: readonly string[],
  packages: readonly string[],
  env: NodeJS.ProcessEnv = process.env
): Promise<PythonFacts | string> {
  const [program, ...rest] = argv;
  try {
    const { stdout } = await promisify(execFile)(program!, [...rest, '-c', ASK, ...packages], { timeout: 20_000, env });
    return JSON.parse(stdout.slice(stdout.indexOf('{'))) as PythonFacts;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
}
