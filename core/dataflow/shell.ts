/** Commands of a shell: which files one reads and writes, as far as its text says. */
import { ANYWHERE, folderOf } from './files';
import type { Machine, Place } from './machine';

interface Touched {
  readonly path: string;
  readonly write: boolean;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** They touch no file of the notebook's folder but by `>` and `<`. */
const STILL = words(
  'pip pip3 conda mamba uv apt apt-get nvidia-smi date echo printf whoami uname which pwd free df lscpu nproc hostname sleep true false env ps top uptime export set id test exit'
);
/** They read the files that they name. */
const READ = words(
  'cat head tail wc grep egrep fgrep less more file stat md5sum sha1sum sha256sum diff cmp cut du column nl od xxd strings tac base64'
);
const LIST = words('ls tree find');
/** They write what they name. */
const WRITE = words('touch mkdir rm rmdir tee truncate');

/** What a command line touches; `null`: its text is not known. */
export function shellUses(text: string | null): readonly Touched[] {
  if (text === null || /[`]|\$\(/.test(text)) return [anywhere];
  const lines = text.replace(/\\\n/g, ' ').split(/\n|&&|\|\||;|\|(?!\|)/);
  const used = lines
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(commandUses);
  return used.some(one => one === null) ? [anywhere] : used.flatMap(one => one!);
}

const anywhere: Touched = { path: ANYWHERE, write: true };

/** Adds what the command line touches to what the block does. */
export function shellFiles(m: Machine, text: string | null, place: Place): void {
  for (const { path, write } of shellUses(text)) m.files.push({ path, write, block: m.block, at: place });
}

/** null: any file. */
function commandUses(line: string): readonly Touched[] | null {
  const out: Touched[] = [];
  const tokens = (line.match(/"[^"]*"|'[^']*'|[0-9]?>>?&?|<|[^\s<>"']+/g) ?? []).map(unquoted);
  const plain: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (!/^([0-9]?>>?&?|<)$/.test(token)) {
      plain.push(token);
      continue;
    }
    const path = tokens[++at];
    if (path === undefined) return null;
    if (token.endsWith('&') || path.startsWith('/dev/')) continue;
    if (!isLiteral(path)) return null;
    out.push({ path, write: token !== '<' });
  }
  while (/^[A-Za-z_]\w*=/.test(plain[0] ?? '') || plain[0] === 'sudo' || plain[0] === 'time') plain.shift();
  const [command = '', ...given] = plain;
  const name = command.slice(command.lastIndexOf('/') + 1);
  if (given.some(one => one === '--version' || one === '--help' || one === '-V') || name === '') return out;
  if (STILL.has(name) || (/^python[\d.]*$/.test(name) && given[0] === '-m' && given[1] === 'pip')) return out;
  const paths = given.filter(one => !one.startsWith('-'));
  if (READ.has(name)) return withPaths(out, paths, false);
  if (LIST.has(name)) return listing(out, name === 'find' ? paths.slice(0, 1) : paths, given);
  if (WRITE.has(name)) return withPaths(out, paths, true);
  if ((name === 'cp' || name === 'mv') && paths.length > 1) {
    const from = withPaths(out, paths.slice(0, -1), name === 'mv');
    const to = paths.at(-1)!;
    return from === null ? null : withPaths(from, [to, `${to}/`], true);
  }
  return name === 'curl' && !given.some(one => /^-\w*[oO]|^--(output|remote-name)/.test(one)) ? out : null;
}

function unquoted(token: string): string {
  return /^(".*"|'.*')$/s.test(token) ? token.slice(1, -1) : token;
}

/** No variable, no pattern. */
function isLiteral(path: string): boolean {
  return !/[*?[\]{}$~]/.test(path);
}

function withPaths(out: readonly Touched[], paths: readonly string[], write: boolean): readonly Touched[] | null {
  if (paths.some(path => /[{}$~]/.test(path))) return null;
  return [...out, ...paths.flatMap(path => (isLiteral(path) ? [{ path, write }] : pattern(path, write)))];
}

/** Who names files by a pattern reads the list of names, and the files. */
function pattern(path: string, write: boolean): readonly Touched[] {
  const folder = folderOf(path);
  return write
    ? [
        { path: folder, write: false },
        { path: folder, write }
      ]
    : [{ path: folder, write }];
}

function listing(
  out: readonly Touched[],
  paths: readonly string[],
  given: readonly string[]
): readonly Touched[] | null {
  if (given.some(one => /^-(exec|delete|fprint|ok)/.test(one)) || paths.some(path => /[{}$~]/.test(path))) return null;
  const folders = paths.length === 0 ? ['./'] : paths.map(path => (isLiteral(path) ? `${path}/` : folderOf(path)));
  return [...out, ...folders.map(path => ({ path, write: false }))];
}
