import type { Expr, FunctionDef, Lambda, Magic, Module, ScopeNode, TypeAlias } from './ast';
import { Collector } from './symbols';

export type ScopeKind =
  | 'module'
  | 'function'
  | 'class'
  | 'lambda'
  | 'comprehension'
  | 'type parameters'
  | 'type alias'
  | 'type variable'
  | 'annotation';

/** What a scope says of a name, as bits that add up; CPython's own values (`Include/internal/pycore_symtable.h`). */
export const GLOBAL = 1;
export const LOCAL = 2;
export const PARAMETER = 4;
export const NONLOCAL = 8;
export const USED = 16;
export const IMPORTED = 128;
export const ANNOTATED = 256;
/** Bound in this scope by any means. */
export const BOUND: number = LOCAL | PARAMETER | IMPORTED;

export type Resolution = 'local' | 'global explicit' | 'global implicit' | 'free' | 'cell';

export interface ScopeSymbol {
  readonly name: string;
  /** Bits: `GLOBAL`, `LOCAL`, `PARAMETER`, `NONLOCAL`, `USED`, `IMPORTED`, `ANNOTATED`; 0 if only an inner scope uses it. */
  flags: number;
  resolution: Resolution;
}

export class Scope {
  readonly symbols = new Map<string, ScopeSymbol>();
  readonly children: Scope[] = [];

  constructor(
    readonly kind: ScopeKind,
    readonly name: string,
    readonly node: ScopeOwner,
    readonly parent: Scope | null,
    /** Name of the class whose private names (`__x`) are mangled here. */
    readonly privateClass: string | null
  ) {
    parent?.children.push(this);
  }

  /** A scope of PEP 695 or 649 that looks names up in the namespace of the class around it: that class. */
  seenClass(): Scope | null {
    let scope: Scope | null = this;
    while (scope !== null && isLazy(scope.kind)) scope = scope.parent;
    return scope !== this && scope?.kind === 'class' ? scope : null;
  }

  /** The symbol of a name as written: private names of a class are mangled first. */
  lookup(name: string): ScopeSymbol | undefined {
    return this.symbols.get(mangle(this.privateClass, name));
  }
}

export type ScopeOwner = ScopeNode | Magic | TypeAlias | Expr;

export interface ScopeTree {
  readonly root: Scope;
  /** The scope that a node opens. A comprehension's first iterable and a function's defaults belong outside. */
  of(node: ScopeOwner): Scope | undefined;
}

export interface ScopeOptions {
  /**
   * `eager`: annotations are evaluated where they stand (before Python 3.14). `deferred`: in a scope of their own, when
   * asked for (3.14). `ignored`: never (`from __future__ import annotations`, which overrides this option).
   */
  readonly annotations?: 'eager' | 'deferred' | 'ignored';
}

/** The scopes of a module or cell with every name resolved, as CPython's symbol table does. O(tree). */
export function scopes(module: Module, options: ScopeOptions = {}): ScopeTree {
  const ignored = module.futures.includes('annotations');
  const collector = new Collector(module, ignored ? 'ignored' : (options.annotations ?? 'eager'));
  analyse(collector.root);
  return { root: collector.root, of: node => collector.scopes.get(node) };
}

/** `__x` in class `_C` is `_C__x`. */
export function mangle(privateClass: string | null, name: string): string {
  if (privateClass === null || !name.startsWith('__') || name.endsWith('__') || name.includes('.')) return name;
  const bare = privateClass.replace(/^_+/, '');
  return bare === '' ? name : `_${bare}${name}`;
}

/** Names that are local to a function or lambda: parameters, and what it binds. */
export function localNames(tree: ScopeTree, node: FunctionDef | Lambda): readonly string[] {
  const symbols = tree.of(node)?.symbols.values() ?? [];
  return [...symbols].filter(s => s.resolution === 'local' || s.resolution === 'cell').map(s => s.name);
}

/** Resolves the names of `scope` and below; gives those that are free in it. */
export function analyse(scope: Scope): Set<string> {
  const free = new Set<string>();
  for (const symbol of scope.symbols.values()) {
    symbol.resolution = resolve(scope, symbol);
    if (symbol.resolution === 'free') free.add(symbol.name);
  }
  const fromChildren = new Set<string>();
  for (const child of scope.children) for (const name of analyse(child)) fromChildren.add(name);
  if (scope.kind === 'class') fromChildren.delete('__class__');
  for (const name of fromChildren) {
    const symbol = scope.symbols.get(name);
    if (symbol === undefined) {
      if (scope.kind !== 'module') {
        scope.symbols.set(name, { name, flags: 0, resolution: 'free' });
        free.add(name);
      }
    } else if (scope.kind === 'class') free.add(name);
    else if (symbol.resolution === 'local') symbol.resolution = scope.kind === 'module' ? 'local' : 'cell';
    else free.add(name);
  }
  if (scope.kind === 'module') free.clear();
  return free;
}

function resolve(scope: Scope, { name, flags }: ScopeSymbol): Resolution {
  if (flags & GLOBAL) return 'global explicit';
  if (flags & NONLOCAL) return 'free';
  if (flags & BOUND) return 'local';
  const inClass = isLazy(scope.kind) ? scope.seenClass()?.symbols.get(name) : undefined;
  if (inClass !== undefined && inClass.flags & GLOBAL) return 'global explicit';
  if (inClass !== undefined && inClass.flags & BOUND && !(inClass.flags & NONLOCAL)) return 'global implicit';
  return boundAround(scope, name) ? 'free' : 'global implicit';
}

function isLazy(kind: ScopeKind): boolean {
  return kind === 'type parameters' || kind === 'type alias' || kind === 'type variable' || kind === 'annotation';
}

/** Whether a function around `scope` binds `name`; classes between do not count, but give `__class__`. */
export function boundAround(scope: Scope, name: string): boolean {
  for (let outer = scope.parent; outer !== null && outer.kind !== 'module'; outer = outer.parent) {
    if (outer.kind === 'class') {
      if (name === '__class__') return true;
      continue;
    }
    const flags = outer.symbols.get(name)?.flags ?? 0;
    if (flags & GLOBAL) return false;
    if (flags & BOUND && !(flags & NONLOCAL)) return true;
  }
  return false;
}
