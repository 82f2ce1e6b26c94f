/** A piece of a line that IPython evaluates: the expression's text is `[start, end)` of the line. */
export interface Field {
  readonly start: number;
  readonly end: number;
}

const WORD = /[\w.]/u;

/**
 * What IPython's `var_expand` (`DollarFormatter`) evaluates in a line: `{expression}` as `string.Formatter` reads it and
 * `$name.attribute` outside single quotes; not `$$name`, not `{{`. `null`: the line is no valid template, and IPython
 * leaves it as it is.
 */
export function fields(line: string): readonly Field[] | null {
  if (line.indexOf('{') < 0 && line.indexOf('}') < 0 && line.indexOf('$') < 0) return [];
  const found: Field[] = [];
  let literal = 0;
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (char !== '{' && char !== '}') {
      at++;
      continue;
    }
    if (line.charAt(at + 1) === char) {
      // The formatter yields the text up to and with the brace as one piece.
      dollars(line, literal, at + 1, found);
      at += 2;
      literal = at;
      continue;
    }
    if (char === '}') return null;
    dollars(line, literal, at, found);
    const close = field(line, at + 1, found);
    if (close < 0) return null;
    at = close + 1;
    literal = at;
  }
  dollars(line, literal, line.length, found);
  return found;
}

/** One replacement field from after its `{`; gives the offset of its `}`. */
function field(line: string, start: number, found: Field[]): number {
  let end = -1;
  let level = 1;
  let bracket = false;
  let at = start;
  for (; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '[' && end < 0) bracket = true;
    else if (char === ']') bracket = false;
    else if (bracket) continue;
    else if (char === '{') level++;
    else if (char === '}') {
      level--;
      if (level === 0) break;
    } else if ((char === ':' || char === '!') && level === 1 && end < 0) end = at;
  }
  if (at >= line.length) return -1;
  // A spec is evaluated with the field, so that slices work; after a conversion it makes the line no template.
  const conversion = end >= 0 && line.charAt(end) === '!';
  if (conversion && (at !== end + 2 || !'sra'.includes(line.charAt(end + 1)))) return -1;
  found.push({ start, end: conversion ? end : at });
  return at;
}

/** Not `indexOf`, which would read the rest of the line for each piece of it. */
function dollar(line: string, from: number, to: number): number {
  for (let at = from; at < to; at++) if (line.charCodeAt(at) === 36) return at;
  return -1;
}

function dollars(line: string, from: number, to: number, found: Field[]): void {
  let at = dollar(line, from, to);
  if (at < 0) return;
  let quotes = 0;
  for (let index = at; index < to; index++) if (line.charCodeAt(index) === 39) quotes++;
  let counted = at;
  while (at >= 0) {
    let start = at + 1;
    if (line.charAt(start) === '$') start++;
    let end = start;
    while (end < to && WORD.test(line.charAt(end))) end++;
    for (; counted < at; counted++) if (line.charCodeAt(counted) === 39) quotes--;
    if (end > start && quotes % 2 === 0) {
      if (start === at + 1) found.push({ start, end });
      at = dollar(line, end, to);
    } else at = dollar(line, at + 1, to);
  }
}
