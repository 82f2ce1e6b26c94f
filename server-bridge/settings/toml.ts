import { type AST, getStaticTOMLValue, ParseError, parseTOML } from 'toml-eslint-parser';
import type { FileEntry } from './file';

/** The values of a TOML text with their keys and lines, or where it is no TOML. */
export function entriesOf(toml: string): readonly FileEntry[] | { readonly line: number; readonly message: string } {
  try {
    const [top] = parseTOML(toml).body;
    return entriesIn(top.body, []);
  } catch (error) {
    if (error instanceof ParseError) return { line: error.lineNumber, message: `This is no TOML: ${error.message}.` };
    throw error;
  }
}

type Body = readonly (AST.TOMLKeyValue | AST.TOMLTable)[];

function entriesIn(body: Body, under: readonly (string | number)[]): readonly FileEntry[] {
  return body.flatMap(node => {
    if (node.type === 'TOMLTable') return entriesIn(node.body, node.resolvedKey);
    const key = [...under, ...node.key.keys.map(part => (part.type === 'TOMLBare' ? part.name : part.value))];
    if (node.value.type === 'TOMLInlineTable') return entriesIn(node.value.body, key);
    return [{ key: key.join('.'), written: getStaticTOMLValue(node.value), line: node.loc.start.line }];
  });
}
