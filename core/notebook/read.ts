import type { Diagnostic } from '../api';
import type { Notebook, NotebookCell, NotebookReading } from './cells';
import { readJson } from './json';
import { distinctIds } from './ids';
import type { Problem } from './problem';

/** A larger cell is data, not code; nothing that a person typed comes near. UTF-16 units. */
export const MAX_CELL = 10_000_000;

/** More problems than a person reads; the count of the rest is told. */
const MAX_PROBLEMS = 20;

/**
 * A notebook from its file's bytes or text, or from its JSON value. Reads nbformat 4 of any minor version. Never throws:
 * what cannot be read is told as problems with place and remedy, what can be put right is a diagnostic of the notebook.
 */
export function readNotebook(input: unknown): NotebookReading {
  if (input instanceof Uint8Array) {
    const text = decode(input);
    return typeof text === 'string' ? readNotebook(text) : failed(text);
  }
  if (typeof input !== 'string') {
    return fromJson(input, []);
  }
  if (input.trim() === '') {
    return failed({
      code: 'notebook-empty',
      message: 'The file is empty.',
      fix: 'Save the notebook again from Jupyter, or restore it from a checkpoint.'
    });
  }
  const json = readJson(input);
  return json.ok ? fromJson(json.value, json.remarks) : failed(json.problem);
}

function failed(...problems: Problem[]): NotebookReading {
  return { ok: false, problems };
}

function decode(bytes: Uint8Array): string | Problem {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    // By name: the decoder may belong to another realm than this code.
    if ((error as Error).name !== 'TypeError') {
      throw error;
    }
    return {
      code: 'notebook-binary',
      message: 'This is not a notebook: the file is not UTF-8 text.',
      fix: 'Give the path of an .ipynb file.'
    };
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own field only, so that `__proto__` and `constructor` in a file are ordinary names. */
function field(object: unknown, name: string): unknown {
  return isObject(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

function fromJson(value: unknown, remarks: readonly Problem[]): NotebookReading {
  const wrong = wrongFormat(value) ?? wrongKernel(value);
  if (wrong !== null) {
    return failed(wrong);
  }
  const list = field(value, 'cells');
  if (!Array.isArray(list)) {
    return failed({
      code: 'notebook-format',
      message: "The notebook has no list 'cells'.",
      field: 'cells',
      fix: 'Save the notebook again from Jupyter.'
    });
  }
  const metadata = field(value, 'metadata');
  const collected = collect(list);
  if (collected.problems.length > 0) {
    const rest = collected.problems.length - MAX_PROBLEMS;
    const more: Problem = { code: 'notebook-format', message: `… and ${rest} more problems like these.` };
    return failed(...collected.problems.slice(0, MAX_PROBLEMS), ...(rest > 0 ? [more] : []));
  }
  const name = field(field(metadata, 'kernelspec'), 'name');
  const notebook: Notebook = {
    cells: collected.cells,
    kernel: typeof name === 'string' && name !== '' ? name : null,
    settings: field(metadata, 'cellway') ?? null,
    kale: field(metadata, 'kubeflow_notebook') ?? null,
    diagnostics: [
      ...remarks.slice(0, MAX_PROBLEMS).map(tolerated),
      ...metadataRemarks(metadata),
      ...collected.diagnostics
    ]
  };
  return { ok: true, notebook };
}

function tolerated(remark: Problem): Diagnostic {
  const fix = remark.fix === undefined ? {} : { fix: { title: remark.fix } };
  return { code: remark.code, severity: 'warning', message: remark.message, ...fix };
}

function metadataRemarks(metadata: unknown): Diagnostic[] {
  if (metadata === undefined || isObject(metadata)) {
    return [];
  }
  return [
    { code: 'metadata-type', severity: 'warning', message: 'metadata of the notebook is not an object; ignored.' }
  ];
}

function wrongFormat(value: unknown): Problem | null {
  if (!isObject(value)) {
    return {
      code: 'notebook-format',
      message: 'This is JSON, but not a notebook: an object with nbformat and cells is expected.',
      fix: 'Give the path of an .ipynb file.'
    };
  }
  const format = field(value, 'nbformat');
  if (typeof format !== 'number' || !Number.isInteger(format)) {
    return {
      code: 'notebook-format',
      message: "This is JSON, but not a notebook: 'nbformat' is missing or not a whole number.",
      field: 'nbformat',
      fix: 'Give the path of an .ipynb file.'
    };
  }
  if (format < 4) {
    return {
      code: 'notebook-old',
      message: `This notebook is in nbformat ${format}; Cellway reads nbformat 4.`,
      field: 'nbformat',
      fix: 'Upgrade it: jupyter nbconvert --to notebook --nbformat 4 --inplace NOTEBOOK.ipynb'
    };
  }
  if (format > 4) {
    return {
      code: 'notebook-new',
      message: `This notebook is in nbformat ${format}; Cellway reads nbformat 4.`,
      field: 'nbformat',
      fix: 'Update Cellway, or save the notebook as nbformat 4.'
    };
  }
  return null;
}

function wrongKernel(value: unknown): Problem | null {
  const metadata = field(value, 'metadata');
  const spec = field(metadata, 'kernelspec');
  const info = field(metadata, 'language_info');
  for (const [where, language] of [
    ['metadata.language_info.name', field(info, 'name')],
    ['metadata.kernelspec.language', field(spec, 'language')]
  ] as const) {
    if (typeof language === 'string' && language !== '' && !/^i?python\d*(\.\d+)?$/i.test(language)) {
      return {
        code: 'notebook-language',
        message: `This notebook is written in ${language.slice(0, 40)}; Cellway runs Python notebooks.`,
        field: where,
        fix: 'Choose a Python kernel in Jupyter (Kernel > Change Kernel) if the cells are Python.'
      };
    }
  }
  const name = field(spec, 'name');
  const known = /^(ir|r|julia[-\d.]*|javascript|deno|bash|xcpp\d*|sos|octave|matlab|scala|java|rust|evcxr)$/i;
  if (typeof name === 'string' && known.test(name) && field(info, 'name') === undefined) {
    return {
      code: 'notebook-language',
      message: `This notebook uses the kernel '${name}'; Cellway runs Python notebooks.`,
      field: 'metadata.kernelspec.name',
      fix: 'Choose a Python kernel in Jupyter (Kernel > Change Kernel) if the cells are Python.'
    };
  }
  return null;
}

function collect(list: readonly unknown[]): {
  cells: NotebookCell[];
  problems: Problem[];
  diagnostics: Diagnostic[];
} {
  const problems: Problem[] = [];
  const diagnostics: Diagnostic[] = [];
  const drafts: (Omit<NotebookCell, 'id'> & { readonly id: string | null })[] = [];
  let index = 0;
  for (const [place, value] of list.entries()) {
    const kind = field(value, 'cell_type');
    if (kind !== 'code' && kind !== 'markdown' && kind !== 'raw') {
      problems.push(badCellType(value, kind, place));
      continue;
    }
    const source = sourceText(field(value, 'source'));
    const wrong = sourceProblem(source, field(value, 'source'), place);
    if (wrong !== null) {
      problems.push(wrong);
      continue;
    }
    if (kind === 'code') {
      index += 1;
    }
    const id = field(value, 'id');
    const metadata = field(value, 'metadata');
    const tags = readTags(metadata, place, diagnostics);
    drafts.push({
      kind,
      index: kind === 'code' ? index : 0,
      id: typeof id === 'string' && id !== '' ? id : null,
      source: source!,
      tags,
      settings: field(metadata, 'cellway') ?? null
    });
  }
  const ids = distinctIds(drafts);
  return { cells: drafts.map((draft, at) => ({ ...draft, id: ids[at]! })), problems, diagnostics };
}

function badCellType(value: unknown, kind: unknown, place: number): Problem {
  const where = { cell: place + 1, field: `cells[${place}].cell_type` };
  if (!isObject(value)) {
    return {
      code: 'notebook-format',
      message: `Cell ${place + 1} is not an object.`,
      ...where,
      field: `cells[${place}]`
    };
  }
  const shown = typeof kind === 'string' ? `'${kind.slice(0, 40)}'` : 'missing or not a string';
  return {
    code: 'notebook-format',
    message: `Cell ${place + 1}: cell_type is ${shown}; expected 'code', 'markdown' or 'raw'.`,
    ...where
  };
}

/** nbformat's multiline string: one string, or a list of strings to be joined. Absent is empty. */
function sourceText(source: unknown): string | null {
  if (source === undefined) {
    return '';
  }
  if (typeof source === 'string') {
    return source;
  }
  return Array.isArray(source) && source.every(line => typeof line === 'string') ? source.join('') : null;
}

function sourceProblem(text: string | null, source: unknown, place: number): Problem | null {
  const where = { cell: place + 1, field: `cells[${place}].source` };
  if (text === null) {
    const shown = source === null ? 'null' : Array.isArray(source) ? 'a list with other things' : `a ${typeof source}`;
    const message = `Cell ${place + 1}: source is ${shown}; expected a string or a list of strings.`;
    return { code: 'notebook-format', message, ...where };
  }
  if (text.length > MAX_CELL) {
    const size = `${(text.length / 1e6).toFixed(1)} MB`;
    return {
      code: 'cell-too-large',
      message: `Cell ${place + 1} is ${size} of source; the limit is ${MAX_CELL / 1e6} MB.`,
      fix: 'Move the data into a file that the cell reads.',
      ...where
    };
  }
  return null;
}

function readTags(metadata: unknown, place: number, diagnostics: Diagnostic[]): readonly string[] {
  const warn = (name: string, expected: string): void => {
    diagnostics.push({
      code: 'metadata-type',
      severity: 'warning',
      message: `Cell ${place + 1}: cells[${place}].${name} is not ${expected}; ignored.`,
      fix: { title: `Set ${name} to ${expected}` }
    });
  };
  if (metadata !== undefined && !isObject(metadata)) {
    warn('metadata', 'an object');
    return [];
  }
  const tags = field(metadata, 'tags');
  if (tags === undefined) {
    return [];
  }
  if (!Array.isArray(tags)) {
    warn('metadata.tags', 'a list of strings');
    return [];
  }
  if (!tags.every(tag => typeof tag === 'string')) {
    warn('metadata.tags', 'a list of strings');
  }
  return tags.filter(tag => typeof tag === 'string');
}
