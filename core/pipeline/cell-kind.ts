import type { Expr, Stmt } from '../python';
import { literal } from './literal';

/** What a cell does, as far as a split needs to know. */
export type Work = 'load' | 'train' | 'evaluate' | 'plot' | 'save' | 'compute';

export interface CellKind {
  /** Imports, definitions, constants and settings only: it costs nothing and belongs to setup. */
  readonly definitions: boolean;
  readonly empty: boolean;
  readonly work: Work;
  /** Takes long enough, by the name of what it calls, to deserve a step of its own. */
  readonly costly: boolean;
  /** The variable that it binds last at the top level. */
  readonly subject: string | null;
}

/** What calls are for, by their last name; the first that matches the cell decides. */
const WORK: readonly (readonly [Work, RegExp])[] = [
  [
    'train',
    /^(fit|fit_transform|fit_predict|train|train_model|partial_fit|cross_val_score|cross_validate|GridSearchCV|RandomizedSearchCV|minimize)$/
  ],
  ['load', /^(read_\w+|load_\w+|load|fetch_\w+|urlretrieve|open_dataset|loadtxt|genfromtxt|get_dataset|scan_\w+)$/],
  [
    'evaluate',
    /^(score|predict|predict_proba|evaluate|classification_report|confusion_matrix|\w+_score|\w+_error|\w+_curve)$/
  ],
  ['save', /^(to_csv|to_parquet|to_pickle|to_json|to_excel|savefig|save|dump|savez|imsave|write_text)$/],
  [
    'plot',
    /^(plot|scatter|hist|barplot|boxplot|heatmap|pairplot|imshow|subplots|figure|show|lineplot|histplot|scatterplot|countplot|violinplot|bar|barh|pie)$/
  ]
];
const COSTLY: ReadonlySet<Work> = new Set<Work>(['load', 'train']);
const SETTING =
  /^(set_\w+|use|seed|manual_seed|filterwarnings|simplefilter|basicConfig|getLogger|reset_defaults|set|rc|update|register_matplotlib_converters|enable_\w+|option_context)$/;
const SETTING_MAGICS = new Set(['matplotlib', 'config', 'load_ext', 'autoreload', 'reload_ext', 'precision']);

export function cellKind(body: readonly Stmt[]): CellKind {
  const calls = body.flatMap(callNames);
  const found = WORK.find(([, pattern]) => calls.some(name => pattern.test(name)));
  const work = found?.[0] ?? 'compute';
  const defines = body.every(isDefinition);
  return {
    definitions: defines && body.length > 0,
    empty: body.length === 0,
    work,
    costly: !defines && COSTLY.has(work),
    subject: body.map(boundName).findLast(name => name !== null) ?? null
  };
}

function isDefinition(statement: Stmt): boolean {
  switch (statement.kind) {
    case 'Import':
    case 'ImportFrom':
    case 'FunctionDef':
    case 'ClassDef':
    case 'Pass':
    case 'TypeAlias':
      return true;
    case 'Assign':
      return (
        statement.targets.every(target => target.kind !== 'Subscript' || isSettingTarget(target)) &&
        (isPlain(statement.value) || (statement.targets.every(isConstantName) && isQuick(statement)))
      );
    case 'AnnAssign':
      return statement.value === null || isPlain(statement.value);
    case 'ExprStmt':
      return isSetting(statement.value);
    case 'Try':
      return [...statement.body, ...statement.handlers.flatMap(handler => handler.body)].every(isDefinition);
    case 'If':
      return [...statement.body, ...statement.orelse].every(isDefinition);
    default:
      return false;
  }
}

/** `plt.rcParams['figure.dpi'] = 100` */
function isSettingTarget(target: Expr & { kind: 'Subscript' }): boolean {
  return target.value.kind === 'Attribute' && /^(rcParams|environ|options)$/.test(target.value.attr);
}

/** `COLORS`: by its name a constant, however it is computed. */
function isConstantName(target: Expr): boolean {
  return target.kind === 'Name' && /^_?[A-Z][A-Z0-9_]*$/.test(target.id) && target.id.length > 1;
}

function isQuick(statement: Stmt): boolean {
  return !callNames(statement).some(name => WORK.some(([, pattern]) => pattern.test(name)));
}

/** Made of literals and names only, so that it costs nothing. */
function isPlain(value: Expr): boolean {
  switch (value.kind) {
    case 'Tuple':
    case 'Set':
    case 'List':
      return value.elts.every(isPlain);
    case 'Dict':
      return value.values.every(isPlain);
    case 'BinOp':
      return isPlain(value.left) && isPlain(value.right);
    case 'UnaryOp':
      return isPlain(value.operand);
    case 'Constant':
    case 'Name':
    case 'Lambda':
      return true;
    case 'Call':
      return (
        value.func.kind === 'Name' &&
        /^(Path|set|frozenset|dict|tuple|list|range|float|int|str)$/.test(value.func.id) &&
        value.args.every(isPlain)
      );
    default:
      return literal(value) !== undefined;
  }
}

function isSetting(value: Expr): boolean {
  if (value.kind === 'Magic') {
    return value.form === 'line' && SETTING_MAGICS.has(value.name);
  }
  if (value.kind === 'Constant') {
    return true;
  }
  return value.kind === 'Call' && value.func.kind === 'Attribute' && SETTING.test(value.func.attr);
}

function boundName(statement: Stmt): string | null {
  const target =
    statement.kind === 'Assign' ? statement.targets[0] : statement.kind === 'AugAssign' ? statement.target : undefined;
  let at: Expr | undefined = target;
  while (at !== undefined && (at.kind === 'Subscript' || at.kind === 'Attribute' || at.kind === 'Tuple')) {
    at = at.kind === 'Tuple' ? at.elts[0] : at.value;
  }
  return at?.kind === 'Name' && at.id !== '_' ? at.id : null;
}

/** Last names of all that is called in a statement; not inside of functions that it only defines. */
function callNames(statement: Stmt): readonly string[] {
  const names: string[] = [];
  const open: unknown[] = [statement];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) {
      continue;
    }
    const { kind } = node as { kind?: unknown };
    if (kind === 'FunctionDef' || kind === 'ClassDef' || kind === 'Lambda') {
      continue;
    }
    if (kind === 'Call') {
      const { func } = node as { func: Expr };
      names.push(func.kind === 'Attribute' ? func.attr : func.kind === 'Name' ? func.id : '');
    }
    open.push(...Object.values(node));
  }
  return names;
}
