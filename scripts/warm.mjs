// Node keeps the compiled code of a program from its first run on, and only what that run used. So the first run after a
// build is one that uses much: an analysis of all examples at once.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `program`: the built entry point. What goes wrong here costs time later, nothing else. */
export function warm(node, program, examples) {
  const folder = mkdtempSync(join(tmpdir(), 'cellway-warm-'));
  try {
    const notebooks = readdirSync(examples)
      .filter(name => name.endsWith('.ipynb'))
      .map(name => JSON.parse(readFileSync(join(examples, name), 'utf8')));
    const cells = notebooks.flatMap(notebook => notebook.cells.map(({ id: _, ...cell }) => cell));
    const path = join(folder, 'all.ipynb');
    writeFileSync(path, JSON.stringify({ ...notebooks[0], cells }));
    spawnSync(
      node,
      ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=32', program, 'graph', path, '--each-cell'],
      {
        stdio: 'ignore',
        timeout: 60_000
      }
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
