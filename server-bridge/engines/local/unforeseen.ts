import type { Step } from '@cellway/core/api';
import type { PlanChange, StepError } from '../../runs/event';
import type { Reason } from '../../runs/refusal';
import { resolveNeeds } from './checks';
import type { Knowledge } from './knowledge';
import type { Place, Report } from './report';

/** What becomes of a step that read a name which nobody foresaw. */
export type Supply =
  | { readonly kind: 'again'; readonly changes: readonly PlanChange[] }
  | { readonly kind: 'fail'; readonly error: StepError }
  | { readonly kind: 'refuse'; readonly reason: Reason };

/** Finds what `node` asked for among what earlier nodes left; all of them must have come to an end. */
export function supply(
  knowledge: Pick<Knowledge, 'seen' | 'rebind'>,
  node: Step,
  report: Report,
  sourceOf: (cell: string) => string
): Supply {
  const asking = knowledge.seen.get(node.name)!;
  const given = report.needs.find(need => asking.sources.has(need.name));
  // Running it once more would give the same end, for ever.
  if (given) return { kind: 'refuse', reason: givenAlready(node, given) };
  const found = resolveNeeds(knowledge.seen, asking, report, sourceOf);
  switch (found.kind) {
    case 'unbound': {
      const need = report.needs.find(one => one.name === found.name)!;
      const evalue = `name '${found.name}' is not defined`;
      const error: StepError = {
        code: 'unbound-name',
        ename: 'NameError',
        evalue,
        ...(need.cell ? { cell: need.cell } : {}),
        ...(need.index ? { index: need.index } : {}),
        ...(need.line ? { line: need.line } : {}),
        traceback: [`NameError: ${evalue}`]
      };
      return { kind: 'fail', error };
    }
    case 'stop':
      return { kind: 'refuse', reason: found.reason };
    case 'found': {
      if (report.files.written.length > 0 || report.files.removed.length > 0)
        return { kind: 'refuse', reason: wroteAlready(node, report) };
      const changes = [...found.sources].map(([name, from]): PlanChange => {
        knowledge.rebind(node.name, name, from);
        return {
          from,
          to: node.name,
          names: [name],
          kind: 'value',
          message: `step ${node.name} reads ${name}, which the plan did not foresee; it is run again with it`
        };
      });
      return { kind: 'again', changes };
    }
  }
}

function place(need: Place): Pick<Reason, 'cell' | 'line' | 'name'> {
  return { ...(need.index ? { cell: need.index } : {}), ...(need.line ? { line: need.line } : {}), name: need.name };
}

function givenAlready(node: Step, need: Place): Reason {
  return {
    code: 'read-unseen',
    message: `Step ${node.name} reads ${need.name} at a point where it does not have it, though it was started with it: a definition that is made anew before the step's cells reads it, or the step has deleted it.`,
    step: node.name,
    ...place(need),
    fix: `Move the statement that reads ${need.name} into a cell of ${node.name}, or put the two steps into one.`
  };
}

function wroteAlready(node: Step, report: Report): Reason {
  const need = report.needs[0]!;
  return {
    code: 'read-unseen',
    message: `Step ${node.name} reads ${need.name}, which the plan did not foresee, and had written files already: it cannot be run again from its start.`,
    step: node.name,
    ...place(need),
    fix: `Read ${need.name} by its name in a cell of ${node.name}.`
  };
}
