import type { Json, RunEventBody } from '@cellway/core/api';

export type {
  ArtifactRef,
  CacheAnswer,
  PlanChange,
  RunEvent,
  RunEventBody,
  RuntimeEvent,
  StepError
} from '@cellway/core/api';

export function isFinal(event: RunEventBody): boolean {
  return event.type === 'run' && event.state !== 'created' && event.state !== 'started';
}

/** Reads a number that may be written as `{"$float": …}`. */
export function asNumber(value: Json): number {
  if (typeof value === 'number') return value;
  if (value !== null && typeof value === 'object' && '$float' in value) {
    const text = String((value as { $float: Json }).$float);
    return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text);
  }
  throw new TypeError(`not a number: ${JSON.stringify(value)}`);
}
