/** Whether a path (relative, `/` between parts) is left out. */
export type Ignore = (path: string, isFolder: boolean) => boolean;

const always = new Set(['.git', '.ipynb_checkpoints', 'node_modules', '__pycache__', '.venv']);

function pattern(line: string): { readonly test: RegExp; readonly folderOnly: boolean } {
  const folderOnly = line.endsWith('/');
  const body = folderOnly ? line.slice(0, -1) : line;
  const anchored = body.includes('/');
  const text = body
    .replace(/^\//, '')
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*|\?/g, part =>
      part === '**/' ? '(?:.*/)?' : part === '**' ? '.*' : part === '*' ? '[^/]*' : '[^/]'
    );
  return { test: new RegExp(`^${anchored ? '' : '(?:.*/)?'}${text}$`), folderOnly };
}

/**
 * Simple patterns as `.gitignore` has them: `*`, `**`, `?`, a leading or inner `/` anchors, a trailing `/` means folders
 * only, `#` comments. No `!`. What no notebook reads (version control, caches, virtual environments' usual names) is
 * left out always.
 */
export function ignoreOf(text: string): Ignore {
  const patterns = text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(pattern);
  return (path, isFolder) =>
    (isFolder && always.has(path.slice(path.lastIndexOf('/') + 1))) ||
    patterns.some(({ test, folderOnly }) => (isFolder || !folderOnly) && test.test(path));
}
