import { BOUND, type Expr, type Module, parseModule, type Scope, scopes, starNames, type Stmt } from '../python';

/** The text of a module that is a file beside the notebook; null when there is none. */
export type ModuleText = (module: string) => string | null;

/** Modules that star-import each other are followed so deep. */
const DEEPEST = 20;

/**
 * Names that `from module import *` binds for a module whose text is at hand: those of a literal `__all__`, else the
 * public ones that its top level binds. Null where that cannot be told from the text alone.
 */
export function moduleNames(module: string, textOf: ModuleText, deep = 0): readonly string[] | null {
  const text = textOf(module);
  if (text === null) {
    return starNames(module);
  }
  const parsed = parseModule(text);
  if (deep > DEEPEST || parsed.problems.length > 0 || /\b(?:exec|globals|setattr)\s*\(/.test(text)) {
    return null;
  }
  const listed = allOf(parsed);
  if (listed !== undefined) {
    return listed;
  }
  const { root } = scopes(parsed);
  const bound = [...root.symbols.values()].filter(symbol => (symbol.flags & BOUND) !== 0).map(symbol => symbol.name);
  if (bindsGlobally(root)) {
    return null;
  }
  const names = new Set(bound);
  for (const star of parsed.body.flatMap(starsOf)) {
    const inner = moduleNames(absolute(star, module), textOf, deep + 1);
    if (inner === null) {
      return null;
    }
    for (const name of inner) {
      names.add(name);
    }
  }
  return [...names].filter(name => !name.startsWith('_')).sort();
}

/** A literal `__all__`, undefined when there is none, null when it is no literal. */
function allOf({ body }: Module): readonly string[] | null | undefined {
  let names: readonly string[] | null | undefined;
  for (const statement of body) {
    const target =
      statement.kind === 'Assign'
        ? statement.targets[0]
        : statement.kind === 'AugAssign' || statement.kind === 'AnnAssign'
          ? statement.target
          : undefined;
    if (target?.kind === 'Name' && target.id === '__all__') {
      const more = stringsOf((statement as { readonly value: Expr | null }).value);
      const before = statement.kind === 'AugAssign' ? names : [];
      names = more === null || !Array.isArray(before) ? null : [...before, ...more];
    }
  }
  // Touched in a way that an assignment at the top level does not show.
  return names === undefined && JSON.stringify(body).includes('"__all__"') ? null : names;
}

function stringsOf(value: Expr | null): readonly string[] | null {
  if (value?.kind !== 'List' && value?.kind !== 'Tuple') {
    return null;
  }
  const strings = value.elts.map(item =>
    item.kind === 'Constant' && item.value.type === 'str' ? item.value.value : null
  );
  return strings.every(text => text !== null) ? strings : null;
}

interface Star {
  readonly module: string | null;
  readonly level: number;
}

function starsOf(statement: Stmt): readonly Star[] {
  switch (statement.kind) {
    case 'ImportFrom':
      return statement.names.some(({ name }) => name === '*') ? [statement] : [];
    case 'If':
      return [...statement.body, ...statement.orelse].flatMap(starsOf);
    case 'Try':
      return [...statement.body, ...statement.handlers.flatMap(({ body }) => body), ...statement.orelse].flatMap(
        starsOf
      );
    default:
      return [];
  }
}

/** A relative import counts from the module's package; a module of one name lies beside the notebook. */
function absolute({ module, level }: Star, from: string): string {
  const base = level === 0 ? [] : from.split('.').slice(0, -level);
  return [...base, ...(module === null ? [] : [module])].join('.');
}

/** Some function binds a name of the module by `global`: whether it is there depends on calls. */
function bindsGlobally(scope: Scope): boolean {
  return scope.children.some(
    child =>
      [...child.symbols.values()].some(
        symbol => symbol.resolution === 'global explicit' && (symbol.flags & BOUND) !== 0
      ) || bindsGlobally(child)
  );
}
