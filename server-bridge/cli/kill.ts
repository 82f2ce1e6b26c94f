import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../runs';
import { signalProcess, startTicks } from '../runs/supervision';

/** Ends the processes of all attempts of a run at once, and those that they started. The supervisor notes how they end. */
export function killAttempts(run: Run): void {
  const steps = join(run.folder, 'steps');
  for (const step of readdirSync(steps, { withFileTypes: true })) {
    if (!step.isDirectory()) {
      continue;
    }
    for (const attempt of readdirSync(join(steps, step.name))) {
      killAttempt(join(steps, step.name, attempt));
    }
  }
}

function killAttempt(folder: string): void {
  const path = join(folder, 'pid.json');
  if (!existsSync(path) || existsSync(join(folder, 'exit.json'))) {
    return;
  }
  const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly pid: number;
    readonly started: number | null;
  };
  // The number may have gone to another process meanwhile.
  if (started === null || started === startTicks(pid)) {
    signalProcess(-pid, 'SIGKILL');
  }
}
