import type { Plan } from '../../runs/plan';

/** How far a node of a run is. */
export type Phase = 'pending' | 'busy' | 'done' | 'failed' | 'skipped' | 'cancelled';

export type Readiness =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waits' }
  /** It can never start: `because` has no result. */
  | { readonly kind: 'lost'; readonly because: string };

/** Whether a node can start now, by how far those are that it waits for. */
export function readiness(plan: Plan, node: string, phaseOf: (name: string) => Phase | undefined): Readiness {
  const after = (plan.after.get(node) ?? []).map(name => ({ name, phase: phaseOf(name) }));
  const lost = after.find(({ phase }) => phase === 'failed' || phase === 'skipped');
  if (lost !== undefined) return { kind: 'lost', because: lost.name };
  return { kind: after.every(({ phase }) => phase === 'done') ? 'ready' : 'waits' };
}
