/** Token kinds. Numbers (typed as such, so that a test of `kind` narrows nothing across `next()`), so that the lexer's output is three flat typed arrays and the parser's tests are integer tests. */
export const EOF: number = 0;
export const NEWLINE: number = 1;
export const INDENT: number = 2;
export const DEDENT: number = 3;
export const NAME: number = 4;
export const NUMBER: number = 5;
export const STRING: number = 6;
/** Prefix and opening quote of an f-string or t-string. */
export const FSTART: number = 7;
/** Literal text of an f-string, or of a format spec. */
export const FMIDDLE: number = 8;
export const FEND: number = 9;
/** A whole line, or the rest of one after `=`, in IPython's syntax. */
export const MAGIC: number = 10;
/** What is not a token; the lexer has the message. */
export const ERROR: number = 11;

export const LPAR: number = 16;
export const RPAR: number = 17;
export const LSQB: number = 18;
export const RSQB: number = 19;
export const LBRACE: number = 20;
export const RBRACE: number = 21;
export const COLON: number = 22;
export const COMMA: number = 23;
export const SEMI: number = 24;
export const DOT: number = 25;
export const ELLIPSIS: number = 26;
export const ARROW: number = 27;
export const COLONEQUAL: number = 28;
export const EXCLAMATION: number = 29;
export const EQUAL: number = 30;

export const PLUS: number = 32;
export const MINUS: number = 33;
export const STAR: number = 34;
export const SLASH: number = 35;
export const PERCENT: number = 36;
export const AT: number = 37;
export const VBAR: number = 38;
export const AMPER: number = 39;
export const CARET: number = 40;
export const LSHIFT: number = 41;
export const RSHIFT: number = 42;
export const DOUBLESTAR: number = 43;
export const DOUBLESLASH: number = 44;
export const TILDE: number = 45;
export const LESS: number = 46;
export const GREATER: number = 47;
export const EQEQUAL: number = 48;
export const NOTEQUAL: number = 49;
export const LESSEQUAL: number = 50;
export const GREATEREQUAL: number = 51;

/** `+=` is `AUGMENTED + PLUS`, and so on. */
export const AUGMENTED: number = 32;

export const K_FALSE: number = 96;
export const K_NONE: number = 97;
export const K_TRUE: number = 98;
export const K_AND: number = 99;
export const K_AS: number = 100;
export const K_ASSERT: number = 101;
export const K_ASYNC: number = 102;
export const K_AWAIT: number = 103;
export const K_BREAK: number = 104;
export const K_CLASS: number = 105;
export const K_CONTINUE: number = 106;
export const K_DEF: number = 107;
export const K_DEL: number = 108;
export const K_ELIF: number = 109;
export const K_ELSE: number = 110;
export const K_EXCEPT: number = 111;
export const K_FINALLY: number = 112;
export const K_FOR: number = 113;
export const K_FROM: number = 114;
export const K_GLOBAL: number = 115;
export const K_IF: number = 116;
export const K_IMPORT: number = 117;
export const K_IN: number = 118;
export const K_IS: number = 119;
export const K_LAMBDA: number = 120;
export const K_NONLOCAL: number = 121;
export const K_NOT: number = 122;
export const K_OR: number = 123;
export const K_PASS: number = 124;
export const K_RAISE: number = 125;
export const K_RETURN: number = 126;
export const K_TRY: number = 127;
export const K_WHILE: number = 128;
export const K_WITH: number = 129;
export const K_YIELD: number = 130;

const WORDS =
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' '
  );

/** Keywords by `(length << 7) | first character`: telling a name from a keyword allocates nothing. */
const KEYWORD_BUCKETS: (readonly { readonly word: string; readonly kind: number }[] | undefined)[] = [];
for (let index = 0; index < WORDS.length; index++) {
  const word = WORDS[index]!;
  const key = (word.length << 7) | word.charCodeAt(0);
  KEYWORD_BUCKETS[key] = [...(KEYWORD_BUCKETS[key] ?? []), { word, kind: K_FALSE + index }];
}

/** The kind of the word at `start`: `NAME` or a keyword's. */
export function wordKind(source: string, start: number, end: number): number {
  const length = end - start;
  if (length < 2 || length > 8) return NAME;
  const bucket = KEYWORD_BUCKETS[(length << 7) | source.charCodeAt(start)];
  if (bucket === undefined) return NAME;
  for (const { word, kind } of bucket) if (source.startsWith(word, start)) return kind;
  return NAME;
}

/** Keywords that begin a statement and never stand inside brackets: there, they show that a bracket was left open. */
const STATEMENT_ONLY = new Uint8Array(256);
for (const kind of [
  K_ASSERT,
  K_BREAK,
  K_CLASS,
  K_CONTINUE,
  K_DEF,
  K_DEL,
  K_ELIF,
  K_EXCEPT,
  K_FINALLY,
  K_GLOBAL,
  K_IMPORT,
  K_NONLOCAL,
  K_PASS,
  K_RAISE,
  K_RETURN,
  K_TRY,
  K_WHILE,
  K_WITH
])
  STATEMENT_ONLY[kind] = 1;
export const onlyInStatements = (kind: number): boolean => STATEMENT_ONLY[kind] === 1;
