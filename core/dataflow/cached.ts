/**
 * Functions that keep their results (`functools.cache`, `functools.lru_cache`). In the notebook the body runs once for the
 * same arguments; what one step has kept is not there in another, so there it runs again. That shows if it has an effect.
 */
import type { Diagnostic } from '../api';
import type { Expr, FunctionDef } from '../python';
import type { Facts } from './facts';
import { functionNames, type Names } from './frame';
import type { Machine, Place } from './machine';
import { libPath } from './objects';
import { range } from './places';
import type { Block } from './types';

const CACHES: ReadonlySet<string> = new Set(['functools.cache', 'functools.lru_cache']);

/** Notes that a block calls such a function, if its body has an effect outside of it. */
export function noteCached(m: Machine, node: FunctionDef, place: Place): void {
  if (node.decorators.length === 0 || !node.decorators.some(decorator => keepsResults(m, decorator))) return;
  const effect = effectOf(node);
  if (effect === null) return;
  // Not by the node: a cell that was parsed again has another one for the same function.
  const key = `${node.name.id} ${node.end - node.start} ${effect}`;
  if (!m.facts.cached.has(key)) m.facts.cached.set(key, { name: node.name.id, effect, at: place });
}

function keepsResults(m: Machine, decorator: Expr): boolean {
  const e = decorator.kind === 'Call' ? decorator.func : decorator;
  if (e.kind === 'Attribute') return e.value.kind === 'Name' && CACHES.has(`${pathOf(m, e.value.id) ?? ''}.${e.attr}`);
  return e.kind === 'Name' && CACHES.has(pathOf(m, e.id) ?? '');
}

function pathOf(m: Machine, name: string): string | null {
  const vals = m.globals.get(name)?.vals ?? [];
  return vals.length === 1 ? libPath(vals[0]!) : null;
}

const effects = new WeakMap<object, { readonly words: string | null }>();

/** Calls by name that show, ask, or touch files. */
const LOUD: ReadonlySet<string> = new Set(['print', 'display', 'input', 'open', 'exec', 'next']);
/** Methods that change what they are called on, or write. */
const CHANGING =
  /^(append|extend|insert|add|update|pop|remove|clear|discard|setdefault|write|writelines|send|put|inc|seed|shuffle)$/;

/** What the body does outside of itself, in words; null when nothing is seen. */
function effectOf(node: FunctionDef): string | null {
  let known = effects.get(node);
  if (known === undefined) {
    known = { words: search(node.body, functionNames(node)) };
    effects.set(node, known);
  }
  return known.words;
}

type Plain = { readonly kind?: string; readonly [field: string]: unknown };

function search(part: unknown, names: Names): string | null {
  if (Array.isArray(part)) {
    for (const one of part) {
      const found = search(one, names);
      if (found !== null) return found;
    }
    return null;
  }
  if (part === null || typeof part !== 'object') return null;
  const found = effect(part as Plain, names);
  if (found !== null) return found;
  for (const [field, value] of Object.entries(part)) {
    if (field === 'kind' || typeof value !== 'object') continue;
    const inner = search(value, names);
    if (inner !== null) return inner;
  }
  return null;
}

function effect(node: Plain, names: Names): string | null {
  switch (node.kind) {
    case 'Global':
    case 'Nonlocal':
      return 'binds a name outside of it';
    case 'Call': {
      const func = node.func as Expr;
      if (func.kind === 'Name' && LOUD.has(func.id) && !names.locals.has(func.id)) return `calls \`${func.id}\``;
      if (func.kind !== 'Attribute') return null;
      const root = rootOf(func.value);
      if (root === null || names.locals.has(root)) return null;
      const drawing = root === 'random' || (func.value.kind === 'Attribute' && func.value.attr === 'random');
      if (drawing && func.attr !== 'default_rng' && func.attr !== 'Random') return 'draws random numbers';
      return CHANGING.test(func.attr) ? `changes \`${root}\`` : null;
    }
    case 'Assign':
      return stored(node.targets as readonly Expr[], names);
    case 'AugAssign':
    case 'AnnAssign':
      return stored([node.target as Expr], names);
    case 'Delete':
      return stored(node.targets as readonly Expr[], names);
    default:
      return null;
  }
}

function stored(targets: readonly Expr[], names: Names): string | null {
  for (const target of targets) {
    if (target.kind !== 'Attribute' && target.kind !== 'Subscript') continue;
    const root = rootOf(target);
    if (root !== null && !names.locals.has(root)) return `changes \`${root}\``;
  }
  return null;
}

/** The name at the beginning of `a.b[c].d`. */
function rootOf(e: Expr): string | null {
  if (e.kind === 'Name') return e.id;
  return e.kind === 'Attribute' || e.kind === 'Subscript' ? rootOf(e.value) : null;
}

/** Calls of one such function in several blocks. */
export function cachedFunctions(facts: readonly Facts[], blocks: readonly Block[]): Diagnostic[] {
  const first = new Map<string, number>();
  const out: Diagnostic[] = [];
  facts.forEach((own, block) => {
    for (const [key, { name, effect, at }] of own.cached) {
      const before = first.get(key);
      if (before === undefined) first.set(key, block);
      else
        out.push({
          code: 'cached-function',
          severity: 'error',
          message: `\`${name}\` keeps its results (functools) and ${effect}: step \`${blocks[before]!.name}\` has called it already; in a process of its own this step would run its body again.`,
          range: range(at),
          fix: { title: `Call \`${name}\` in one step only and use its result, or take the effect out of it.` }
        });
    }
  });
  return out;
}
