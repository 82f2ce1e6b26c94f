// One set-up at a time in a folder: a lock file that names its owner, so that a dead owner's lock is taken over.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const PAUSE = 100; // ms between two looks at another's lock
const TAKEOVER_LIMIT = 10_000; // ms after which a guard left by a crash between two system calls is ignored

/**
 * Runs `work` while holding the lock at `path`; waits for a living owner, takes over from a dead one.
 * @param {(pid: number) => void} onWait called once when another process holds the lock
 */
export async function withLock(path, work, onWait = () => {}) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!claim(path)) {
    const owner = readOwner(path);
    if (owner !== null && !alive(owner)) {
      takeOver(path, owner);
      continue;
    }
    if (owner !== null && !told) {
      told = true;
      onWait(owner.pid);
    }
    await new Promise(resolve => setTimeout(resolve, PAUSE));
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

function claim(path) {
  return create(path, JSON.stringify({ pid: process.pid, started: startOf(process.pid) }));
}

/** Creates the file, or says false when there is one already. */
function create(path, text) {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The owner; null while the file is being written or has just gone. One that stays unreadable counts as dead. */
function readOwner(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError && Date.now() - statSync(path).mtimeMs > TAKEOVER_LIMIT) return { pid: 0 };
    return null;
  }
}

function alive(owner) {
  if (!owner.pid) return false;
  const started = startOf(owner.pid);
  if (started !== null) return owner.started === null || owner.started === started;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Clock ticks since boot at which a process started, as a pid alone may have been given anew; null where unknown. */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return null; // no such process, or no /proc on this system
  }
}

/** Removes a dead owner's lock. The guard keeps two waiters from removing the lock that the faster one took. */
function takeOver(path, dead) {
  const guard = `${path}.takeover`;
  if (!create(guard, '')) {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TAKEOVER_LIMIT) rmSync(guard, { force: true });
    return;
  }
  const now = readOwner(path);
  if (now !== null && now.pid === dead.pid && now.started === dead.started) rmSync(path, { force: true });
  rmSync(guard, { force: true });
}
