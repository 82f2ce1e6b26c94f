/** IPython's own syntax: what a magic, a shell line or a help request reads, binds and touches. */
import type { Magic } from '../python';
import { evaluate } from './expressions';
import { type Frame, blockNames } from './frame';
import { ambientChange } from './library';
import { shellFiles } from './shell';
import type { Machine } from './machine';
import { SCALAR, type Val, fresh } from './objects';
import { bindName, runBlock } from './statements';

/** Magics that look into or write to the namespace without naming names. */
const DYNAMIC = new Set([
  'run',
  'who',
  'whos',
  'who_ls',
  'reset',
  'reset_selective',
  'load',
  'pylab',
  'store',
  'macro',
  'recall',
  'rerun',
  'edit',
  'debug',
  'pdb',
  'xdel'
]);
const SHELL = new Set([
  '',
  'bash',
  'sh',
  'script',
  'system',
  'sx',
  'pip',
  'conda',
  'mamba',
  'uv',
  'ls',
  'perl',
  'ruby',
  'cat',
  'cp',
  'mv',
  'rm',
  'mkdir'
]);

/** The command line that the shell gets; null where another language reads it. */
function commandOf(e: Magic): string | null {
  if (e.form === 'shell' || e.name === '' || e.name === 'system' || e.name === 'sx') return e.body ?? e.line;
  if (e.name === 'bash' || e.name === 'sh') return e.body;
  if (e.name === 'script' || e.name === 'perl' || e.name === 'ruby') return null;
  return `${e.name} ${e.line}`;
}

export function magic(m: Machine, frame: Frame | null, e: Magic): Val {
  for (const r of e.reads) evaluate(m, frame, r);
  const place = m.here(e);
  if (e.form === 'help') return SCALAR;
  if (e.form === 'shell' || SHELL.has(e.name)) {
    m.uncacheable.add('shell');
    shellFiles(m, commandOf(e), place);
  }
  if (DYNAMIC.has(e.name) && !(e.name === 'store' && e.line.trim() === '')) m.facts.dynamic = place;
  if (e.name === 'writefile' || e.name === 'file') {
    const name = e.line.replace(/^-a\s+|^--append\s+/, '').trim();
    if (name !== '' && !/[{$]/.test(name))
      m.files.push({ path: name.replace(/^(['"])(.*)\1$/, '$2'), write: true, block: m.block, at: place });
  }
  if (e.name === 'run') {
    const file = e.line
      .trim()
      .split(/\s+/)
      .find(w => w.endsWith('.py') || w.endsWith('.ipynb'));
    if (file !== undefined) m.files.push({ path: file, write: false, block: m.block, at: place });
  }
  if (e.name === 'cd') ambientChange(m, 'cwd', place);
  if ((e.name === 'env' || e.name === 'set_env') && e.line.trim() !== '' && /[=\s]/.test(e.line.trim()))
    ambientChange(m, 'environ', place);
  if (e.name === 'precision') ambientChange(m, 'numpy.printoptions', place);
  if (e.code !== null) {
    if (e.code.scope === 'cell') runBlock(m, frame, e.code.body);
    else {
      const inner: Frame = {
        kind: 'function',
        env: m.localEnv(),
        names: blockNames(e.code.body),
        parent: frame,
        cells: null,
        className: null,
        depth: m.depth
      };
      runBlock(m, inner, e.code.body);
    }
  }
  for (const b of e.binds) bindName(m, frame, b, [fresh('fresh')], 'other');
  return e.form === 'shell' ? [fresh('list', false)] : [fresh('fresh')];
}
