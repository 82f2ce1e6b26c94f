import type { Diagnostic, Fix, Range, StepSettings } from '../api';
import type { NotebookCell } from './cells';
import { readKaleSetting } from './kale';
import { nearTag } from './near-tags';
import { cellRange } from './place';

/** What the tags of one code cell say. */
export type Role =
  | { readonly kind: 'step'; readonly name: string }
  | { readonly kind: 'setup' | 'parameters' | 'skip' | 'none' };

export interface CellTags {
  readonly role: Role;
  readonly metrics: boolean;
  /** Tagged `raises-exception`, as Jupyter and papermill know it. */
  readonly mayRaise: boolean;
  /** Steps that Kale's `prev:` names. */
  readonly after: readonly string[];
  /** Settings that Kale's tags give (`limit:`, `image:`, …). */
  readonly settings: StepSettings;
  /** It carries a tag that only Kale knows. */
  readonly kale: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

type Meaning = Role['kind'] | 'metrics';

/** Ours, papermill's and Kale's words for the same. */
const WORDS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['setup', 'setup'],
  ['imports', 'setup'],
  ['functions', 'setup'],
  ['parameters', 'parameters'],
  ['injected-parameters', 'parameters'],
  ['pipeline-parameters', 'parameters'],
  ['metrics', 'metrics'],
  ['pipeline-metrics', 'metrics'],
  ['skip', 'skip']
]);
const KALE = new Set(['imports', 'functions', 'pipeline-parameters', 'pipeline-metrics']);

/** A name of our own pieces of setup. */
const RESERVED = /^\(setup( \d+)?\)$/;

/** Kale's extension leaves this on cells that belong to the step above. */
const LEFT_BY_KALE = 'block:';

/** Interprets a code cell's tags. Tags of others are left alone; tags in conflict are an error with a fix. */
export function readTags(cell: NotebookCell): CellTags {
  const range = cellRange(cell);
  const diagnostics: Diagnostic[] = [];
  const names: { readonly name: string; readonly tag: string }[] = [];
  const words = new Map<Meaning, string>();
  const after: string[] = [];
  let settings: StepSettings = {};
  const stepLike = cell.tags.some(tag => /^\s*(step|block):/.test(tag));
  for (const raw of cell.tags) {
    const tag = raw.trim();
    const [, key, rest] = /^([a-z]+):([\s\S]*)$/.exec(tag) ?? [];
    const meaning = WORDS.get(tag);
    if (meaning !== undefined) {
      words.set(meaning, tag);
    } else if ((key === 'step' || key === 'block') && tag !== LEFT_BY_KALE) {
      const name = rest!.trim().normalize('NFC');
      const wrong = wrongName(name);
      if (wrong === null) {
        names.push({ name, tag: raw });
      } else {
        diagnostics.push(badName(cell, raw, wrong, range));
      }
    } else if (key === 'prev' && rest!.trim() !== '') {
      after.push(rest!.trim().normalize('NFC'));
    } else if (stepLike && key !== undefined) {
      const read = readKaleSetting(key, rest!, range);
      const secrets = [...(settings.secrets ?? []), ...(read.settings.secrets ?? [])];
      settings = { ...settings, ...read.settings, ...(secrets.length > 0 ? { secrets } : {}) };
      diagnostics.push(...read.diagnostics);
    }
    const near = meaning === undefined && key !== 'step' && key !== 'block' ? nearTag(cell, raw, range) : null;
    if (near !== null) {
      diagnostics.push(near);
    }
  }
  const role = decide(cell, names, words, range, diagnostics);
  const kale = after.length > 0 || cell.tags.some(tag => KALE.has(tag.trim()) || tag.trim().startsWith('block:'));
  return {
    role,
    metrics: words.has('metrics') && role.kind !== 'skip',
    mayRaise: cell.tags.some(tag => tag.trim() === 'raises-exception'),
    after,
    settings,
    kale,
    diagnostics
  };
}

function wrongName(name: string): string | null {
  if (name === '') {
    return 'is empty';
  }
  // Halves of surrogate pairs and marks that turn the direction of text round would make two names look alike.
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name)) {
    return 'has characters that cannot be shown';
  }
  return RESERVED.test(name) ? 'is reserved' : null;
}

function badName(cell: NotebookCell, tag: string, wrong: string, range: Range): Diagnostic {
  return {
    code: 'step-name',
    severity: 'error',
    message: `Cell ${cell.index}: the name in the tag ${JSON.stringify(tag.slice(0, 80))} ${wrong}.`,
    range,
    fix: without(cell, [tag], 'Remove the tag, or write step:<name>')
  };
}

function without(cell: NotebookCell, tags: readonly string[], title: string): Fix {
  const rest = cell.tags.filter(tag => !tags.includes(tag) && !tags.includes(tag.trim()));
  return { title, edit: { kind: 'set-tags', cell: cell.id, tags: rest } };
}

function decide(
  cell: NotebookCell,
  names: readonly { readonly name: string; readonly tag: string }[],
  words: ReadonlyMap<Meaning, string>,
  range: Range,
  diagnostics: Diagnostic[]
): Role {
  const conflict = (kept: string, dropped: readonly string[]): void => {
    const shown = dropped.map(tag => `'${tag.slice(0, 80)}'`).join(', ');
    diagnostics.push({
      code: 'tags-conflict',
      severity: 'error',
      message: `Cell ${cell.index}: the tag '${kept.slice(0, 80)}' and ${shown} contradict each other.`,
      range,
      fix: without(cell, dropped, `Keep '${kept.slice(0, 80)}', remove ${shown}`)
    });
  };
  const first = names[0];
  const others = names.filter(({ name }) => name !== first?.name).map(({ tag }) => tag);
  if (words.has('skip')) {
    const rest = [
      ...names.map(({ tag }) => tag),
      ...[...words].filter(([kind]) => kind !== 'skip').map(([, tag]) => tag)
    ];
    if (rest.length > 0) {
      conflict('skip', rest);
    }
    return { kind: 'skip' };
  }
  if (first !== undefined) {
    const rest = [words.get('setup'), words.get('parameters')].filter(tag => tag !== undefined);
    if (others.length + rest.length > 0) {
      conflict(first.tag.trim(), [...others, ...rest]);
    }
    return { kind: 'step', name: first.name };
  }
  const definition = words.get('parameters') ?? words.get('setup');
  if (definition === undefined) {
    return { kind: 'none' };
  }
  if (words.has('metrics')) {
    conflict(definition, [words.get('metrics')!]);
  }
  return { kind: words.has('parameters') ? 'parameters' : 'setup' };
}
