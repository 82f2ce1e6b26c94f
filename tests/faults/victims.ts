/** Processes of a bridge and its run, to be killed. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { signedBy } from '../../server-bridge/engines/local/process/signed';
import { lives } from '../../server-bridge/runs/process';

export const VICTIMS = ['bridge', 'supervisor', 'fork server', 'step'] as const;
export type Victim = (typeof VICTIMS)[number];

/** Live processes of a run of that kind, now. */
export function processesOf(kind: Exclude<Victim, 'bridge'>, run: string): readonly number[] {
  switch (kind) {
    case 'supervisor': {
      const path = join(run, 'supervisor.json');
      if (!existsSync(path)) return [];
      const signed = JSON.parse(readFileSync(path, 'utf8'));
      return lives(signed) ? [signed.pid] : [];
    }
    case 'fork server':
      return readdirSync('/proc')
        .filter(name => /^\d+$/.test(name) && isForkServer(name, run))
        .map(Number);
    case 'step':
      return attemptsOf(run).flatMap(folder => {
        const signed = signedBy(folder);
        return signed === null || signed === 'abandoned' || !lives(signed) ? [] : [signed.pid];
      });
  }
}

/** Attempt folders of a run. */
export function attemptsOf(run: string): readonly string[] {
  const steps = join(run, 'steps');
  return readdirSync(steps, { withFileTypes: true }).flatMap(step =>
    step.isDirectory() ? readdirSync(join(steps, step.name)).map(attempt => join(steps, step.name, attempt)) : []
  );
}

function isForkServer(pid: string, run: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--forkserver') && readlinkSync(`/proc/${pid}/cwd`) === run
    );
  } catch {
    // It ended between the looks.
    return false;
  }
}
