import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Store } from '../../../store';
import type { Interpreter } from '../interpreter';

/** What the interpreter says of itself. `packages`: top-level module → `distribution version`. */
export interface InterpreterFacts {
  readonly python: string;
  readonly executable: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Folders that packages are in, with the time of their last change. */
  readonly folders: Readonly<Record<string, number>>;
}

const question = `
import json, os, sys
from importlib import metadata
packages, folders = {}, {}
for path in sys.path:
    if path and os.path.isdir(path) and ('site-packages' in path or 'dist-packages' in path):
        folders[path] = os.stat(path).st_mtime_ns // 1000000
for dist in metadata.distributions():
    name, version = dist.metadata['Name'], dist.version
    tops = (dist.read_text('top_level.txt') or '').split()
    if not tops:
        tops = {f.parts[0] if len(f.parts) > 1 else f.stem for f in (dist.files or []) if f.suffix in ('.py', '.so')}
    for top in tops:
        packages.setdefault(top, str(name) + ' ' + str(version))
print(json.dumps({'python': sys.version.split()[0], 'executable': sys.executable, 'packages': packages, 'folders': folders}))
`;

function changedAt(folder: string): number | null {
  const stat = statSync(folder, { throwIfNoEntry: false, bigint: true });
  return stat ? Number(stat.mtimeNs / 1_000_000n) : null;
}

const KIND = 'interpreter';

function keyOf(interpreter: Interpreter): string {
  return JSON.stringify([interpreter.argv, interpreter.env]);
}

/** What was found out earlier, when no package has been installed or removed since. */
export function recalledFacts(store: Store, interpreter: Interpreter): InterpreterFacts | null {
  const known = store.recall(KIND, keyOf(interpreter));
  if (known === null) return null;
  const facts = JSON.parse(known) as InterpreterFacts;
  return Object.entries(facts.folders).every(([folder, mtime]) => changedAt(folder) === mtime) ? facts : null;
}

/** Asks the interpreter, which costs it some tenths of a second, and keeps the answer. */
export function askFacts(store: Store, interpreter: Interpreter): Promise<InterpreterFacts> {
  return new Promise((resolve, reject) => {
    const [program, ...rest] = interpreter.argv;
    execFile(
      program!,
      [...rest, '-c', question],
      { env: { ...process.env, ...interpreter.env }, maxBuffer: 2 ** 26 },
      (error, stdout) => {
        if (error) return reject(error);
        const facts = JSON.parse(stdout.slice(stdout.indexOf('{'))) as InterpreterFacts;
        store.remember(KIND, keyOf(interpreter), JSON.stringify(facts));
        resolve(facts);
      }
    );
  });
}
