import names from './names.json';

const words = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

/** Names of `builtins` in any Python from 3.8 to 3.14, and those that IPython adds. */
export const BUILTINS: ReadonlySet<string> = new Set(words(names.builtins));

/** Top-level modules of the standard library, 3.8 to 3.14. */
export const STDLIB: ReadonlySet<string> = new Set(words(names.stdlib));

const STAR: { readonly [module: string]: string } = names.star;

/** What `from module import *` binds, as far as the table knows (`scripts/make-star-names.py`); else `null`. */
export function starNames(module: string): readonly string[] | null {
  return Object.hasOwn(STAR, module) ? words(STAR[module]!) : null;
}
