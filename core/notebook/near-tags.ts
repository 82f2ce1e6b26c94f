import type { Diagnostic, Range } from '../api';
import type { NotebookCell } from './cells';

interface Near {
  /** The tag that was probably meant. */
  readonly tag: string;
  readonly severity: 'warning' | 'info';
}

/** `step` with a letter too many, too few or out of place. `stop`, `sep`, `steep` are words of their own. */
const STEP_SLIPS = new Set(['step', 'steps', 'stp', 'stpe', 'setp', 'tsep', 'stepp', 'sstep', 'sttep']);

/** Slips of the short words, which have too many neighbours for a rule. */
const SLIPS: ReadonlyMap<string, string> = new Map([
  ['skpi', 'skip'],
  ['sikp', 'skip'],
  ['skipp', 'skip'],
  ['set-up', 'setup'],
  ['set_up', 'setup'],
  ['setpu', 'setup'],
  ['stepup', 'setup'],
  ['steup', 'setup'],
  ['settup', 'setup']
]);

/** What others call the same. A tag of another tool may well be called so: only a remark. */
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['parameter', 'parameters'],
  ['param', 'parameters'],
  ['params', 'parameters'],
  ['metric', 'metrics'],
  ['step', 'step:<name>']
]);

const WORDS = ['setup', 'skip', 'parameters', 'metrics'];
/** Long enough that what is one slip away is no other word. */
const LONG_WORDS = ['parameters', 'metrics', 'pipeline-parameters', 'pipeline-metrics'];

/**
 * Points out a tag that means nothing but looks like one of ours: the cell would silently belong to another step.
 * Careful, since tags of others are theirs: `steps`, `skip-execution`, `step-by-step` are left alone.
 */
export function nearTag(cell: NotebookCell, raw: string, range: Range): Diagnostic | null {
  const tag = raw.trim();
  const near = nearStep(tag) ?? nearWord(tag);
  if (near === null) return null;
  const open = near.tag.includes('<');
  return {
    code: 'tag-near',
    severity: near.severity,
    message: `Cell ${cell.index}: the tag '${tag.slice(0, 80)}' means nothing to Cellway.`,
    range,
    fix: {
      title: `Write '${near.tag.slice(0, 80)}' if you meant that`,
      ...(open
        ? {}
        : {
            edit: {
              kind: 'set-tags',
              cell: cell.id,
              tags: [...new Set(cell.tags.map(other => (other === raw ? near.tag : other)))]
            }
          })
    }
  };
}

/** `Step:load`, `steps:load`, `step :load`, `step=load`, `step：load` (as an input method types it), `step load`. */
function nearStep(tag: string): Near | null {
  const [, key, sign, rest] = /^([A-Za-z]+)(\s*[:=;：]|\s)\s*(\S.*)?$/u.exec(tag) ?? [];
  if (key === undefined) return null;
  const word = key.toLowerCase();
  if (sign!.trim() === '') return word === 'step' ? { tag: `step:${rest}`, severity: 'warning' } : null;
  return STEP_SLIPS.has(word) ? { tag: named(rest), severity: 'warning' } : null;
}

const named = (rest: string | undefined): string => `step:${rest ?? '<name>'}`;

function nearWord(tag: string): Near | null {
  const word = tag.toLowerCase().replace(/\s*:$/, '');
  if (WORDS.includes(word)) return { tag: word, severity: 'warning' };
  const synonym = SYNONYMS.get(word);
  if (synonym !== undefined) return { tag: synonym, severity: 'info' };
  const slip = SLIPS.get(word) ?? LONG_WORDS.find(long => long[0] === word[0] && oneSlip(word, long));
  return slip === undefined ? null : { tag: slip, severity: 'warning' };
}

/** A letter too many, too few or wrong, or two neighbours swapped. */
function oneSlip(word: string, meant: string): boolean {
  if (/\d/.test(word)) return false;
  let at = 0;
  while (at < word.length && word[at] === meant[at]) at += 1;
  const [rest, wanted] = [word.slice(at), meant.slice(at)];
  return (
    rest.slice(1) === wanted ||
    rest === wanted.slice(1) ||
    rest.slice(1) === wanted.slice(1) ||
    (rest[0] === wanted[1] && rest[1] === wanted[0] && rest.slice(2) === wanted.slice(2))
  );
}
