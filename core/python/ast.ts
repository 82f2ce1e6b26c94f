/**
 * The syntax tree of one cell: CPython's `ast` (3.14) node for node, with IPython's syntax as nodes of their own, so
 * that every position is a position in the cell as the user typed it.
 *
 * `start` and `end` are UTF-16 offsets into the cell's source, end exclusive. Names are NFKC-normalised, as Python
 * reads them; their offsets are those of the text. A cell that does not parse gives the statements that do, and a
 * `SyntaxProblem` for each part that was skipped.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface SyntaxProblem extends Span {
  readonly message: string;
}

export interface Module extends Span {
  readonly kind: 'Module';
  readonly body: readonly Stmt[];
  readonly problems: readonly SyntaxProblem[];
  /** Names that can be made out in the skipped parts: possible reads, so that a half-typed cell keeps its edges. */
  readonly salvaged: readonly Name[];
  /** Features of `from __future__ import …` in this cell. */
  readonly futures: readonly string[];
}

export type Stmt =
  | FunctionDef
  | ClassDef
  | Return
  | Delete
  | Assign
  | TypeAlias
  | AugAssign
  | AnnAssign
  | For
  | While
  | If
  | With
  | Match
  | Raise
  | Try
  | Assert
  | Import
  | ImportFrom
  | Global
  | Nonlocal
  | ExprStmt
  | Pass
  | Break
  | Continue;

export interface FunctionDef extends Span {
  readonly kind: 'FunctionDef';
  readonly name: Name;
  readonly params: Parameters;
  readonly body: readonly Stmt[];
  readonly decorators: readonly Expr[];
  readonly returns: Expr | null;
  readonly typeParams: readonly TypeParam[];
  readonly isAsync: boolean;
}
export interface ClassDef extends Span {
  readonly kind: 'ClassDef';
  readonly name: Name;
  readonly bases: readonly Expr[];
  readonly keywords: readonly Keyword[];
  readonly body: readonly Stmt[];
  readonly decorators: readonly Expr[];
  readonly typeParams: readonly TypeParam[];
}
export interface Return extends Span {
  readonly kind: 'Return';
  readonly value: Expr | null;
}
export interface Delete extends Span {
  readonly kind: 'Delete';
  readonly targets: readonly Expr[];
}
export interface Assign extends Span {
  readonly kind: 'Assign';
  readonly targets: readonly Expr[];
  readonly value: Expr;
}
export interface TypeAlias extends Span {
  readonly kind: 'TypeAlias';
  readonly name: Name;
  readonly typeParams: readonly TypeParam[];
  readonly value: Expr;
}
export interface AugAssign extends Span {
  readonly kind: 'AugAssign';
  readonly target: Expr;
  readonly op: Operator;
  readonly value: Expr;
}
export interface AnnAssign extends Span {
  readonly kind: 'AnnAssign';
  readonly target: Expr;
  readonly annotation: Expr;
  readonly value: Expr | null;
  /** The target is a plain name without parentheses. */
  readonly simple: boolean;
}
export interface For extends Span {
  readonly kind: 'For';
  readonly target: Expr;
  readonly iter: Expr;
  readonly body: readonly Stmt[];
  readonly orelse: readonly Stmt[];
  readonly isAsync: boolean;
}
export interface While extends Span {
  readonly kind: 'While';
  readonly test: Expr;
  readonly body: readonly Stmt[];
  readonly orelse: readonly Stmt[];
}
export interface If extends Span {
  readonly kind: 'If';
  readonly test: Expr;
  readonly body: readonly Stmt[];
  /** `elif` is an `If` alone in `orelse`. */
  readonly orelse: readonly Stmt[];
}
export interface WithItem {
  readonly context: Expr;
  readonly target: Expr | null;
}
export interface With extends Span {
  readonly kind: 'With';
  readonly items: readonly WithItem[];
  readonly body: readonly Stmt[];
  readonly isAsync: boolean;
}
export interface MatchCase extends Span {
  readonly pattern: Pattern;
  readonly guard: Expr | null;
  readonly body: readonly Stmt[];
}
export interface Match extends Span {
  readonly kind: 'Match';
  readonly subject: Expr;
  readonly cases: readonly MatchCase[];
}
export interface Raise extends Span {
  readonly kind: 'Raise';
  readonly exc: Expr | null;
  readonly cause: Expr | null;
}
export interface Handler extends Span {
  readonly type: Expr | null;
  readonly name: Name | null;
  readonly body: readonly Stmt[];
}
export interface Try extends Span {
  readonly kind: 'Try';
  readonly body: readonly Stmt[];
  readonly handlers: readonly Handler[];
  readonly orelse: readonly Stmt[];
  readonly finalbody: readonly Stmt[];
  readonly isStar: boolean;
}
export interface Assert extends Span {
  readonly kind: 'Assert';
  readonly test: Expr;
  readonly msg: Expr | null;
}
export interface Alias extends Span {
  /** Dotted, as written; `*` for a star import. */
  readonly name: string;
  readonly asname: Name | null;
}
export interface Import extends Span {
  readonly kind: 'Import';
  readonly names: readonly Alias[];
}
export interface ImportFrom extends Span {
  readonly kind: 'ImportFrom';
  readonly module: string | null;
  readonly names: readonly Alias[];
  readonly level: number;
}
export interface Global extends Span {
  readonly kind: 'Global';
  readonly names: readonly Name[];
}
export interface Nonlocal extends Span {
  readonly kind: 'Nonlocal';
  readonly names: readonly Name[];
}
export interface ExprStmt extends Span {
  readonly kind: 'ExprStmt';
  readonly value: Expr;
}
export interface Pass extends Span {
  readonly kind: 'Pass';
}
export interface Break extends Span {
  readonly kind: 'Break';
}
export interface Continue extends Span {
  readonly kind: 'Continue';
}

export type Expr =
  | BoolOp
  | NamedExpr
  | BinOp
  | UnaryOp
  | Lambda
  | IfExp
  | Dict
  | SetExpr
  | ListComp
  | SetComp
  | DictComp
  | GeneratorExp
  | Await
  | Yield
  | YieldFrom
  | Compare
  | Call
  | FormattedValue
  | Interpolation
  | JoinedStr
  | TemplateStr
  | Constant
  | Attribute
  | Subscript
  | Starred
  | Name
  | List
  | Tuple
  | Slice
  | Magic;

export type Operator = '+' | '-' | '*' | '@' | '/' | '%' | '**' | '<<' | '>>' | '|' | '^' | '&' | '//';

export interface BoolOp extends Span {
  readonly kind: 'BoolOp';
  readonly op: 'and' | 'or';
  readonly values: readonly Expr[];
}
export interface NamedExpr extends Span {
  readonly kind: 'NamedExpr';
  readonly target: Name;
  readonly value: Expr;
}
export interface BinOp extends Span {
  readonly kind: 'BinOp';
  readonly left: Expr;
  readonly op: Operator;
  readonly right: Expr;
}
export interface UnaryOp extends Span {
  readonly kind: 'UnaryOp';
  readonly op: '~' | 'not' | '+' | '-';
  readonly operand: Expr;
}
export interface Lambda extends Span {
  readonly kind: 'Lambda';
  readonly params: Parameters;
  readonly body: Expr;
}
export interface IfExp extends Span {
  readonly kind: 'IfExp';
  readonly test: Expr;
  readonly body: Expr;
  readonly orelse: Expr;
}
export interface Dict extends Span {
  readonly kind: 'Dict';
  /** `null` for `**value`. */
  readonly keys: readonly (Expr | null)[];
  readonly values: readonly Expr[];
}
export interface SetExpr extends Span {
  readonly kind: 'Set';
  readonly elts: readonly Expr[];
}
export interface Comprehension {
  readonly target: Expr;
  readonly iter: Expr;
  readonly ifs: readonly Expr[];
  readonly isAsync: boolean;
}
export interface ListComp extends Span {
  readonly kind: 'ListComp';
  readonly elt: Expr;
  readonly generators: readonly Comprehension[];
}
export interface SetComp extends Span {
  readonly kind: 'SetComp';
  readonly elt: Expr;
  readonly generators: readonly Comprehension[];
}
export interface DictComp extends Span {
  readonly kind: 'DictComp';
  readonly key: Expr;
  readonly value: Expr;
  readonly generators: readonly Comprehension[];
}
export interface GeneratorExp extends Span {
  readonly kind: 'GeneratorExp';
  readonly elt: Expr;
  readonly generators: readonly Comprehension[];
}
export interface Await extends Span {
  readonly kind: 'Await';
  readonly value: Expr;
}
export interface Yield extends Span {
  readonly kind: 'Yield';
  readonly value: Expr | null;
}
export interface YieldFrom extends Span {
  readonly kind: 'YieldFrom';
  readonly value: Expr;
}
export interface Compare extends Span {
  readonly kind: 'Compare';
  readonly left: Expr;
  readonly ops: readonly ('==' | '!=' | '<' | '<=' | '>' | '>=' | 'is' | 'is not' | 'in' | 'not in')[];
  readonly comparators: readonly Expr[];
}
export interface Keyword extends Span {
  /** `null` for `**value`. */
  readonly name: string | null;
  readonly value: Expr;
}
export interface Call extends Span {
  readonly kind: 'Call';
  readonly func: Expr;
  readonly args: readonly Expr[];
  readonly keywords: readonly Keyword[];
}
/** `{value!r:spec}` of an f-string. */
export interface FormattedValue extends Span {
  readonly kind: 'FormattedValue';
  readonly value: Expr;
  readonly conversion: 's' | 'r' | 'a' | null;
  readonly spec: JoinedStr | null;
}
/** `{value!r:spec}` of a t-string (PEP 750). */
export interface Interpolation extends Span {
  readonly kind: 'Interpolation';
  readonly value: Expr;
  readonly conversion: 's' | 'r' | 'a' | null;
  readonly spec: JoinedStr | null;
}
/** An f-string; adjacent plain strings are joined into it, as CPython does. */
export interface JoinedStr extends Span {
  readonly kind: 'JoinedStr';
  readonly values: readonly (Constant | FormattedValue)[];
}
export interface TemplateStr extends Span {
  readonly kind: 'TemplateStr';
  readonly values: readonly (Constant | Interpolation | FormattedValue)[];
}
export interface Constant extends Span {
  readonly kind: 'Constant';
  readonly value: ConstantValue;
}
/**
 * A literal. Integers beyond 2^53 keep their digits in `text`. `str` holds the decoded text (escapes applied, adjacent
 * literals joined); `bytes` are latin-1 characters.
 */
export type ConstantValue =
  | { readonly type: 'None' | 'True' | 'False' | 'Ellipsis' }
  | { readonly type: 'int'; readonly value: number; readonly text: string }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'complex'; readonly value: number }
  | { readonly type: 'str'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: string };
export interface Attribute extends Span {
  readonly kind: 'Attribute';
  readonly value: Expr;
  readonly attr: string;
  /** Offset of the attribute's own name. */
  readonly attrStart: number;
}
export interface Subscript extends Span {
  readonly kind: 'Subscript';
  readonly value: Expr;
  readonly index: Expr;
}
export interface Starred extends Span {
  readonly kind: 'Starred';
  readonly value: Expr;
}
export interface Name extends Span {
  readonly kind: 'Name';
  readonly id: string;
}
export interface List extends Span {
  readonly kind: 'List';
  readonly elts: readonly Expr[];
}
export interface Tuple extends Span {
  readonly kind: 'Tuple';
  readonly elts: readonly Expr[];
}
export interface Slice extends Span {
  readonly kind: 'Slice';
  readonly lower: Expr | null;
  readonly upper: Expr | null;
  readonly step: Expr | null;
}

/**
 * What only IPython understands. As a statement it is an `ExprStmt`; `x = !ls` and `x = %magic` are an `Assign` with a
 * `Magic` as its value. A cell magic is the only statement of its cell.
 */
export interface Magic extends Span {
  readonly kind: 'Magic';
  readonly form: 'line' | 'cell' | 'shell' | 'help';
  /** `timeit`, `bash`, …; `''` for `!` and `?`. `!!cmd` is a shell too. `%%!` is the cell form of the shell. */
  readonly name: string;
  /** The rest of the line, as written. */
  readonly line: string;
  /** A cell magic's body, as written, and where it starts. */
  readonly body: string | null;
  readonly bodyStart: number;
  /**
   * Python that IPython evaluates in the user's namespace to expand `{expr}`, `$name` (not `$$name`) in the line; of a
   * cell magic's line too, never of its body. For help (`name?`) the name that is looked up.
   */
  readonly reads: readonly Expr[];
  /** Names that the magic binds: `%%capture out`, `%%bash --out x --err y`, `%timeit -o` binds nothing, …. */
  readonly binds: readonly Name[];
  /**
   * Python that the magic runs: the rest of a `%time` line, the body of `%%time`, `%%capture`, `%prun`, `%%timeit`, ….
   * `cell`: in the user's namespace as if typed there; `function`: inside a function, so its bindings are local
   * (`%timeit`).
   */
  readonly code: { readonly scope: 'cell' | 'function'; readonly body: readonly Stmt[] } | null;
}

export interface Param extends Span {
  readonly name: Name;
  readonly annotation: Expr | null;
  readonly default: Expr | null;
}
export interface Parameters {
  readonly posonly: readonly Param[];
  readonly args: readonly Param[];
  readonly vararg: Param | null;
  readonly kwonly: readonly Param[];
  readonly kwarg: Param | null;
}
export interface TypeParam extends Span {
  readonly kind: 'TypeVar' | 'ParamSpec' | 'TypeVarTuple';
  readonly name: Name;
  readonly bound: Expr | null;
  /** PEP 696. */
  readonly default: Expr | null;
}

export type Pattern =
  | { readonly kind: 'MatchValue'; readonly value: Expr }
  | { readonly kind: 'MatchSingleton'; readonly value: Constant }
  | { readonly kind: 'MatchSequence'; readonly patterns: readonly Pattern[] }
  | {
      readonly kind: 'MatchMapping';
      readonly keys: readonly Expr[];
      readonly patterns: readonly Pattern[];
      readonly rest: Name | null;
    }
  | {
      readonly kind: 'MatchClass';
      readonly cls: Expr;
      readonly patterns: readonly Pattern[];
      readonly kwds: readonly string[];
      readonly kwdPatterns: readonly Pattern[];
    }
  | { readonly kind: 'MatchStar'; readonly name: Name | null }
  /** `pattern` null and `name` null is the wildcard `_`. */
  | { readonly kind: 'MatchAs'; readonly pattern: Pattern | null; readonly name: Name | null }
  | { readonly kind: 'MatchOr'; readonly patterns: readonly Pattern[] };

/** Nodes that open a scope of their own. */
export type ScopeNode = Module | FunctionDef | ClassDef | Lambda | ListComp | SetComp | DictComp | GeneratorExp;
