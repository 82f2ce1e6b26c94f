/**
 * Gives the character of `\N{name}`, or `null`. The Unicode name table is too large to carry, so by default such an
 * escape stays in a string's value as written.
 */
export type NamedCharacter = (name: string) => string | null;

const SIMPLE: { readonly [letter: string]: string } = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': ''
};

/** Line breaks inside a literal are `\n`, whatever the file uses. */
export function normalBreaks(text: string): string {
  return text.indexOf('\r') < 0 ? text : text.replace(/\r\n?/g, '\n');
}

/**
 * Applies a literal's escapes. Unknown escapes stay as written, as in Python. Throws nothing: a malformed `\x`, `\u` or
 * `\N` gives `error`.
 */
export function applyEscapes(
  text: string,
  bytes: boolean,
  named: NamedCharacter | undefined
): { readonly value: string; readonly error: string | null } {
  let slash = text.indexOf('\\');
  if (slash < 0) return { value: text, error: null };
  let value = '';
  let from = 0;
  let error: string | null = null;
  while (slash >= 0) {
    value += text.slice(from, slash);
    const letter = text.charAt(slash + 1);
    const simple = SIMPLE[letter];
    from = slash + 2;
    if (letter === '') value += '\\';
    else if (simple !== undefined) value += simple;
    else if (letter >= '0' && letter <= '7') {
      let end = from;
      while (end < slash + 4 && text.charAt(end) >= '0' && text.charAt(end) <= '7') end++;
      const code = Number.parseInt(text.slice(slash + 1, end), 8);
      value += String.fromCharCode(bytes ? code & 255 : code);
      from = end;
    } else if (letter === 'x' || (!bytes && (letter === 'u' || letter === 'U'))) {
      const width = letter === 'x' ? 2 : letter === 'u' ? 4 : 8;
      const digits = text.slice(from, from + width);
      const code = /^[0-9a-fA-F]+$/.test(digits) && digits.length === width ? Number.parseInt(digits, 16) : -1;
      if (code < 0 || code > 0x10ffff) {
        error ??= `malformed \\${letter} escape`;
        value += `\\${letter}`;
      } else {
        value += String.fromCodePoint(code);
        from += width;
      }
    } else if (!bytes && letter === 'N') {
      const close = text.charAt(from) === '{' ? text.indexOf('}', from) : -1;
      if (close < 0) {
        error ??= 'malformed \\N character escape';
        value += '\\N';
      } else {
        value += named?.(text.slice(from + 1, close)) ?? text.slice(slash, close + 1);
        from = close + 1;
      }
    } else value += `\\${letter}`;
    slash = text.indexOf('\\', from);
  }
  return { value: value + text.slice(from), error };
}

/** Literal text of an f-string: `{{` and `}}` outside `\N{…}` are one brace. */
export function undouble(text: string): string {
  return text.indexOf('{{') < 0 && text.indexOf('}}') < 0 ? text : text.replace(/\{\{|\}\}/g, pair => pair.charAt(0));
}
