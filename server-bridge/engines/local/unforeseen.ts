import type { Step } from '@cellway/core/api';
import type { PlanChange, StepError } from '../../runs/event';
import type { Reason } from '../../runs/refusal';
import { resolveNeeds } from './checks';
import type { Knowledge } from './knowledge';
import type { Report } from './report';

/** What becomes of a step that read a name which nobody foresaw. */
export type Supply =
  | { readonly kind: 'again'; readonly changes: readonly PlanChange[] }
  | { readonly kind: 'fail'; readonly error: StepError }
  | { readonly kind: 'refuse'; readonly reason: Reason };

/** Finds what `node` asked for among what earlier nodes left; all of them must have come to an end. */
export function supply(knowledge: Knowledge, node: Step, report: Report, sourceOf: (cell: string) => string): Supply {
  const found = resolveNeeds(knowledge.seen, knowledge.seen.get(node.name)!, report, sourceOf);
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

function wroteAlready(node: Step, report: Report): Reason {
  const need = report.needs[0]!;
  return {
    code: 'read-unseen',
    message: `Step ${node.name} reads ${need.name}, which the plan did not foresee, and had written files already: it cannot be run again from its start.`,
    step: node.name,
    ...(need.index ? { cell: need.index } : {}),
    ...(need.line ? { line: need.line } : {}),
    name: need.name,
    fix: `Read ${need.name} by its name in a cell of ${node.name}.`
  };
}
