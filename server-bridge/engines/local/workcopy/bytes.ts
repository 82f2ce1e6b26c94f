import { sep } from 'node:path';

/**
 * A relative path, one character a byte: names need not be valid UTF-8, and what Node decodes and encodes again would
 * then name another file.
 */
export type BytePath = string & { readonly __bytes: unique symbol };

export function bytePath(text: string): BytePath {
  return Buffer.from(text).toString('latin1') as BytePath;
}

/** For people and patterns; bytes that are no UTF-8 show as `�`. */
export function shown(path: BytePath): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

export function under(folder: string, path: BytePath): Buffer {
  return Buffer.concat([
    Buffer.from(path === '' ? folder : folder.endsWith(sep) ? folder : folder + sep),
    Buffer.from(path, 'latin1')
  ]);
}
