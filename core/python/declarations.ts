import type { Module, Name, SyntaxProblem } from './ast';
import { ANNOTATED, boundAround, GLOBAL, LOCAL, mangle, NONLOCAL, PARAMETER, type Scope, USED } from './scopes';
import { Collector, type DeclarationWatch } from './symbols';

/**
 * What CPython's symbol table refuses of `global`, `nonlocal` and `:=`. At the top level a declaration may come late:
 * IPython compiles a cell statement by statement. O(tree); needed only for code that has one of the first two, or `:=` in a comprehension.
 */
export function declarationProblems(module: Module): readonly SyntaxProblem[] {
  const watch = new Watch();
  new Collector(module, 'eager', watch);
  for (const { scope, name } of watch.nonlocals) {
    if (!boundAround(scope, mangle(scope.privateClass, name.id))) {
      watch.say(`no binding for nonlocal '${name.id}' found`, name);
    }
  }
  return watch.problems;
}

class Watch implements DeclarationWatch {
  readonly problems: SyntaxProblem[] = [];
  private readonly declarations: { readonly scope: Scope; readonly name: Name }[] = [];
  readonly nonlocals: { readonly scope: Scope; readonly name: Name }[] = [];
  iterating: Scope | null = null;

  say(message: string, { start, end }: Name): void {
    this.problems.push({ start, end, message });
  }

  declared(scope: Scope, name: Name, how: 'global' | 'nonlocal'): void {
    if (scope.kind === 'module') return;
    const flags = scope.lookup(name.id)?.flags ?? 0;
    const earlier = this.declarations.find(other => other.scope === scope && other.name.id === name.id);
    this.declarations.push({ scope, name });
    if (flags & PARAMETER) this.say(`name '${name.id}' is parameter and ${how}`, name);
    else if (flags & (how === 'global' ? NONLOCAL : GLOBAL))
      this.say(`name '${name.id}' is nonlocal and global`, earlier?.name ?? name);
    else if (flags & ANNOTATED) this.say(`annotated name '${name.id}' can't be ${how}`, name);
    else if (flags & LOCAL) this.say(`name '${name.id}' is assigned to before ${how} declaration`, name);
    else if (flags & USED) this.say(`name '${name.id}' is used prior to ${how} declaration`, name);
    else if (how === 'nonlocal') this.nonlocals.push({ scope, name });
  }

  annotated(scope: Scope, name: Name): void {
    if (scope.kind === 'module') return;
    const flags = scope.lookup(name.id)?.flags ?? 0;
    const how = flags & GLOBAL ? 'global' : 'nonlocal';
    if (flags & (GLOBAL | NONLOCAL)) this.say(`annotated name '${name.id}' can't be ${how}`, name);
  }

  walrus(scope: Scope, name: Name): void {
    if (this.iterating === scope) {
      this.say('assignment expression cannot be used in a comprehension iterable expression', name);
    }
    let outer: Scope | null = scope;
    for (; outer !== null && outer.kind === 'comprehension'; outer = outer.parent) {
      const flags = outer.lookup(name.id)?.flags ?? 0;
      // An earlier `:=` of the name leaves LOCAL too, beside the scope that it binds in.
      if (flags & LOCAL && !(flags & (GLOBAL | NONLOCAL))) {
        this.say(`assignment expression cannot rebind comprehension iteration variable '${name.id}'`, name);
        return;
      }
    }
    if (scope.kind === 'comprehension' && outer?.kind === 'class') {
      this.say('assignment expression within a comprehension cannot be used in a class body', name);
    }
  }
}
