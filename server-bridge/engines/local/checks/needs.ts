import type { Reason } from '../../../runs/refusal';
import type { Report } from '../report';
import { inOrder, type Seen } from './history';
import { RUN_AGAIN } from './run-again';

export type Answer =
  | { readonly kind: 'found'; readonly sources: ReadonlyMap<string, string> }
  /** Nobody before binds it: the user's own NameError. */
  | { readonly kind: 'unbound'; readonly name: string }
  | { readonly kind: 'stop'; readonly reason: Reason };

function mentions(source: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{ID_Continue}$])${escaped}(?![\\p{ID_Continue}$])`, 'u').test(source);
}

/**
 * Where names come from that a step read and the plan did not foresee. The nearest earlier step that kept such a value
 * has it, unless one between may have bound the name anew without keeping it. All earlier nodes must have finished.
 * `sourceOf`: code of a cell by its id.
 */
export function resolveNeeds(
  seen: ReadonlyMap<string, Seen>,
  asking: Seen,
  report: Report,
  sourceOf: (cell: string) => string
): Answer {
  const sources = new Map<string, string>();
  const earlier = inOrder(seen.values()).filter(step => step.place < asking.place);
  const failed = earlier.some(step => step.finished !== null && step.report === null);
  for (const need of report.needs) {
    // The notebook would have stopped before it came to this step: its failure says so better than a stop of ours.
    if (failed) return { kind: 'unbound', name: need.name };
    const speaking = earlier.filter(step => step.node.cells.some(cell => mentions(sourceOf(cell.id), need.name)));
    const kept = earlier.findLast(step => step.report?.artifacts.some(artifact => artifact.names.includes(need.name)));
    const nearest = speaking.at(-1);
    if (!kept && !nearest) return { kind: 'unbound', name: need.name };
    if (kept && (!nearest || nearest.place <= kept.place)) {
      sources.set(need.name, kept.node.name);
      continue;
    }
    const binder = nearest!;
    const cell = binder.node.cells.find(one => mentions(sourceOf(one.id), need.name))!;
    const line =
      sourceOf(cell.id)
        .split('\n')
        .findIndex(text => mentions(text, need.name)) + 1;
    const at = need.index === undefined ? '' : ` (cell ${need.index}${need.line ? `, line ${need.line}` : ''})`;
    return {
      kind: 'stop',
      reason: {
        code: 'read-unseen',
        message: `Step ${asking.node.name}${at} reads ${need.name}, which step ${binder.node.name} (cell ${cell.index}, line ${line}) may bind; the plan did not foresee it, so the value was not kept.`,
        step: asking.node.name,
        ...(need.index === undefined ? {} : { cell: need.index }),
        ...(need.line ? { line: need.line } : {}),
        name: need.name,
        fix: RUN_AGAIN
      }
    };
  }
  return { kind: 'found', sources };
}
