import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Runs a Python file of this folder in CPython 3.14 (pyodide) with JSON texts bound to names; gives its JSON result. */
export function inPython314(script: string, bound: { readonly [name: string]: unknown }): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'cellway-python314-'));
  const input = join(folder, 'input.json');
  const output = join(folder, 'output.json');
  writeFileSync(input, JSON.stringify(bound));
  const program = `import { readFileSync, writeFileSync } from 'node:fs'; import { loadPyodide } from 'pyodide';
    const python = await loadPyodide();
    for (const [name, value] of Object.entries(JSON.parse(readFileSync(${JSON.stringify(input)}, 'utf8')))) {
      python.globals.set(name, JSON.stringify(value));
    }
    const script = readFileSync(${JSON.stringify(resolve('core/python/testing', script))}, 'utf8');
    try { writeFileSync(${JSON.stringify(output)}, python.runPython(script)); }
    catch (error) { console.log(error.message); process.exitCode = 1; }`;
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });
    return JSON.parse(readFileSync(output, 'utf8'));
  } catch (error) {
    const said = (error as { stdout?: Buffer }).stdout?.toString() ?? '';
    throw new Error(`CPython 3.14 failed: ${said.slice(-2000)}`, { cause: error });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
