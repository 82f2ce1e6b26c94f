import type { Diagnostic, Range, StepSettings } from '../api';
import { bytesOf, cpusOf } from './settings';

/** What Kale can say of a step that we have no field for. */
const FOREIGN = new Set(['annotation', 'label', 'report', 'notebook']);

/** One of Kale's setting tags (`limit:nvidia.com/gpu:1`, `image:…`, `cache:disabled`, `secret:name:key:ENV`). */
export function readKaleSetting(
  key: string,
  text: string,
  range: Range
): { settings: StepSettings; diagnostics: Diagnostic[] } {
  const value = text.trim();
  const wrong = (expected: string): { settings: StepSettings; diagnostics: Diagnostic[] } => ({
    settings: {},
    diagnostics: [
      {
        code: 'setting-type',
        severity: 'error',
        message: `Cell ${range.cell}: the tag '${key}:${value.slice(0, 80)}' is not ${expected}.`,
        range,
        fix: { title: `Write it as ${expected}, or remove the tag` }
      }
    ]
  });
  const take = (settings: StepSettings) => ({ settings, diagnostics: [] });
  if (key === 'image') {
    return value === '' || /\s/.test(value) ? wrong('image:<name>') : take({ image: value });
  }
  if (key === 'cache') {
    return value === 'enabled' || value === 'disabled'
      ? take({ cache: value === 'enabled' })
      : wrong('cache:enabled or cache:disabled');
  }
  if (key === 'secret') {
    const [secret, name, env, ...rest] = value.split(':').map(part => part.trim());
    return secret && name && env && rest.length === 0 && /^[A-Za-z_]\w*$/.test(env)
      ? take({ secrets: [{ env, secret, key: name }] })
      : wrong('secret:<name>:<key>:<VARIABLE>');
  }
  if (key === 'limit') {
    return limit(value) === null ? wrong('limit:<cpu, memory or gpu>:<amount>') : take(limit(value)!);
  }
  if (!FOREIGN.has(key)) {
    return { settings: {}, diagnostics: [] };
  }
  return {
    settings: {},
    diagnostics: [
      {
        code: 'kale-setting-ignored',
        severity: 'info',
        message: `Cell ${range.cell}: Kale's tag '${key}:${value.slice(0, 80)}' has no effect here.`,
        range
      }
    ]
  };
}

function limit(value: string): StepSettings | null {
  const at = value.lastIndexOf(':');
  const [resource, given] = [value.slice(0, at).trim(), value.slice(at + 1).trim()];
  if (resource === 'memory') {
    const memory = bytesOf(given);
    return memory === null ? null : { memory };
  }
  if (resource === 'cpu') {
    const cpu = cpusOf(given);
    return cpu === null ? null : { cpu };
  }
  return /gpu$/.test(resource) && /^\d+$/.test(given) ? { gpu: Number(given) } : null;
}
