import { PARAMETER, type Scope } from '../scopes';

/** A scope as CPython 3.14's symbol table is compared: names with flags and `bound`, `free`, `global` or `declared`. */
export interface Flat {
  readonly name: string;
  readonly names: readonly string[];
  readonly children: readonly Flat[];
}

export type Table314 = readonly [type: number, name: string, symbols: readonly string[], children: readonly Table314[]];

const USES: { readonly [resolution: string]: string } = {
  local: 'bound',
  cell: 'bound',
  free: 'free',
  'global implicit': 'global',
  'global explicit': 'declared',
  '1': 'bound',
  '2': 'declared',
  '3': 'global',
  '4': 'free',
  '5': 'bound'
};

/**
 * Names that only CPython's compiler makes, no user can write or mean: the hidden parameters of comprehensions, generic
 * scopes and `__annotate__` (all that begin with a dot), and the carriers of class namespaces and annotations.
 */
const SYNTHETIC = new Set(['__classdict__', '__conditional_annotations__', '__type_params__', '__static_attributes__']);
const synthetic = (name: string): boolean => name.startsWith('.') || SYNTHETIC.has(name);

/** An `__annotate__` in which no name stands: CPython makes one for every function. */
const empty = (flat: Flat): boolean =>
  flat.name === '__annotate__' && flat.names.length === 0 && flat.children.length === 0;

/** 3.14 reads `except` before `else`, 3.11 and ours after it: the order of scopes says nothing of names. */
function ordered(children: readonly Flat[]): readonly Flat[] {
  const key = (flat: Flat): string => `${flat.name} ${flat.names.join()}`;
  return children.filter(child => !empty(child)).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

export function theirs([, name, symbols, children]: Table314): Flat {
  const names = symbols
    .map(symbol => symbol.split(':'))
    .filter(([id]) => !synthetic(id!))
    .map(([id, flags, use]) => `${id} ${flags} ${USES[use!]}`);
  return { name, names: names.sort(), children: ordered(children.map(theirs)) };
}

interface Symbols {
  readonly name: string;
  readonly kind: Scope['kind'];
  readonly generator: boolean;
  readonly names: Map<string, { flags: number; use: string }>;
  readonly children: Symbols[];
}

/** Our scopes with comprehensions put into the scope around them, as PEP 709 does in `inline_comprehension`. */
export function ours(scope: Scope): Flat {
  return flat(inlined(scope));
}

function flat({ name, names, children }: Symbols): Flat {
  const shown = [...names].filter(([id]) => !synthetic(id)).map(([id, { flags, use }]) => `${id} ${flags} ${use}`);
  return { name, names: shown.sort(), children: ordered(children.map(flat)) };
}

function inlined(scope: Scope): Symbols {
  const children: Symbols[] = [];
  const names = new Map<string, { flags: number; use: string }>();
  for (const { name, flags, resolution } of scope.symbols.values()) names.set(name, { flags, use: USES[resolution]! });
  for (const child of scope.children) {
    const inner = inlined(child);
    // Generators keep their frame, and so do comprehensions where a class's names are looked up by a dictionary.
    if (inner.kind !== 'comprehension' || inner.generator || scope.seenClass() !== null) {
      children.push(inner);
      continue;
    }
    for (const [name, { flags, use }] of inner.names) {
      // Flags 0: only an inner scope uses the name, so far.
      if (flags & PARAMETER || (names.get(name)?.flags ?? 0) !== 0) continue;
      names.set(name, {
        flags,
        use: name === '__class__' && scope.kind === 'class' && use === 'free' ? 'global' : use
      });
    }
    children.push(...inner.children);
  }
  const generator = scope.name === 'genexpr';
  return { name: scope.name, kind: scope.kind, generator, names, children };
}
