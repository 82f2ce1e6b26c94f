import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Pipeline } from '@cellway/core/api';
import { type Notebook, type Problem, readNotebook } from '@cellway/core/notebook';
import { type Derivation, derive } from '@cellway/core/pipeline';
import { type KernelPython, kernelPython } from '../engines/local/interpreter';
import { contextOf } from './context';
import { EXIT, Stop } from './exit';

/** Larger files are refused unread: text of that size does not fit a string. */
const MAX_FILE = 400_000_000;

/** What a run is shown by. */
export interface Shown {
  readonly path: string;
  readonly derivation: { readonly pipeline: Pipeline };
}

export interface Opened extends Shown {
  readonly notebook: Notebook;
  readonly derivation: Derivation;
  /** The Python that would run it, or why there is none. */
  readonly interpreter: KernelPython['interpreter'];
}

/** Reads and analyses the notebook, with what earlier runs kept in `data` saw; a file that cannot be read ends the command with exit 2 and says why. */
export function openNotebook(path: string, eachCell: boolean, data: string): Opened {
  const reading = readNotebook(readBytes(path));
  if (!reading.ok) {
    throw new Stop(EXIT.badInput, reading.problems.map(problem => describe(path, problem)).join('\n'));
  }
  const { notebook } = reading;
  const name = basename(path).replace(/\.ipynb$/i, '');
  const { version, interpreter } = kernelPython(notebook.kernel);
  const context = contextOf(path, notebook, data, version);
  return { path, notebook, interpreter, derivation: derive(notebook, { name, eachCell, context }) };
}

export function readBytes(path: string): Buffer {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) {
      throw new Stop(EXIT.badInput, `${path} is a folder.`, 'Give the path of an .ipynb file.');
    }
    if (!stat.isFile()) {
      // A pipe or a device may have no end.
      throw new Stop(EXIT.badInput, `${path} is no ordinary file.`, 'Give the path of an .ipynb file.');
    }
    if (stat.size > MAX_FILE) {
      const size = Math.round(stat.size / 1e6);
      throw new Stop(EXIT.badInput, `${path} is ${size} MB; the limit is ${MAX_FILE / 1e6} MB.`, 'Clear its outputs.');
    }
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code !== 'string' || error instanceof Stop) {
      throw error;
    }
    const why: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EACCES: 'reading it is not allowed',
      ENOTDIR: 'a part of the path is not a folder',
      ELOOP: 'its symbolic links lead in a circle',
      ENAMETOOLONG: 'the name is too long'
    };
    throw new Stop(EXIT.badInput, `Cannot read ${path}: ${why[code] ?? code}.`);
  }
}

/** `path:line:column code message (fix)`, as `check` has it, with the field where there is one. */
function describe(path: string, problem: Problem): string {
  const at = problem.at === undefined ? '' : `:${problem.at.line}:${problem.at.column}`;
  const field = problem.field === undefined ? '' : ` [${problem.field}]`;
  const fix = problem.fix === undefined ? '' : ` (${problem.fix})`;
  return `${path}${at} error ${problem.code} ${problem.message}${field}${fix}`;
}
