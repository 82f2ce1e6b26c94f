/** What a character below 128 begins. */
export const IDENT = 1;
export const DIGIT = 2;
export const SPACE = 3;
export const BREAK = 4;
export const QUOTE = 5;
export const HASH = 6;
export const BACKSLASH = 7;

export const CLASS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(char)) CLASS[code] = IDENT;
  else if (/[0-9]/.test(char)) CLASS[code] = DIGIT;
  else if (/[ \t\f]/.test(char)) CLASS[code] = SPACE;
  else if (/[\n\r]/.test(char)) CLASS[code] = BREAK;
  else if (/["']/.test(char)) CLASS[code] = QUOTE;
  else if (char === '#') CLASS[code] = HASH;
  else if (char === '\\') CLASS[code] = BACKSLASH;
}

export const ID_START = /^[\p{XID_Start}_]/u;
export const ID_CONTINUE = /^\p{XID_Continue}/u;

export function isPrefix(source: string, start: number, end: number): boolean {
  const first = source.charCodeAt(start) | 32;
  // r b u f t
  if (end - start === 1) return first === 114 || first === 98 || first === 117 || first === 102 || first === 116;
  const second = source.charCodeAt(start + 1) | 32;
  const other = first === 114 ? second : second === 114 ? first : 0;
  return other === 98 || other === 102 || other === 116;
}

export function isRadixDigit(code: number, radix: number): boolean {
  if (radix === 120) return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);
  return code >= 48 && code <= (radix === 111 ? 55 : 49);
}

export function isWordCode(code: number): boolean {
  return code >= 128 || CLASS[code] === IDENT || CLASS[code] === DIGIT;
}
