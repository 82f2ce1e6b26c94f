/** Statements of setup that set something in the process: each step repeats them. */
import type { Expr, Stmt } from '../python';
import type { Machine } from './machine';

const MAGICS = new Set([
  'matplotlib',
  'config',
  'load_ext',
  'reload_ext',
  'autoreload',
  'precision',
  'aimport',
  'pylab',
  'xmode',
  'colors'
]);

const RNG = new Set(['random', 'numpy.random', 'torch.random']);

export function isSetting(m: Machine, s: Stmt, before: { ambient: number; modules: number }): boolean {
  if (s.kind === 'Import' || s.kind === 'ImportFrom' || s.kind === 'FunctionDef' || s.kind === 'ClassDef') return false;
  if (s.kind === 'ExprStmt' && s.value.kind === 'Magic') return s.value.form === 'line' && MAGICS.has(s.value.name);
  const uses = m.ambient.slice(before.ambient);
  if (uses.some(u => RNG.has(u.slot))) return false;
  if (uses.length > 0 || m.moduleChanges.length > before.modules) return true;
  return s.kind === 'ExprStmt' && s.value.kind === 'Call' && isLibraryCall(m, s.value.func);
}

/**
 * A statement of a step that only changes a module: later steps repeat it, or they would not see it. Statements that call
 * the notebook's own functions may do more than that.
 */
export function isModuleChange(
  m: Machine,
  s: Stmt,
  before: { ambient: number; modules: number; files: number }
): boolean {
  if (m.moduleChanges.length === before.modules) return false;
  if (m.ambient.length > before.ambient || m.files.length > before.files) return false;
  if (s.kind === 'Assign' || s.kind === 'AugAssign' || s.kind === 'Delete') return true;
  return s.kind === 'ExprStmt' && s.value.kind === 'Call' && isLibraryCall(m, s.value.func);
}

/** Functions that by their name set something, where they are called without their module. */
const SETTERS = /^(set|use|init|config|register|enable|disable|activate|filter|simplefilter)/i;

/** `module.set_something(…)`: what it does to the process we cannot see. */
function isLibraryCall(m: Machine, func: Expr): boolean {
  let at = func;
  while (at.kind === 'Attribute') at = at.value;
  if (at.kind !== 'Name' || (at === func && !SETTERS.test(at.id))) return false;
  const slot = m.globals.get(at.id);
  if (slot === undefined) return false;
  return slot.bindings.every(b => b.kind === 'import') && slot.vals.every(o => o.kind === 'lib');
}
