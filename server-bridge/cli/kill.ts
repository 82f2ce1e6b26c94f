import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Run } from '../runs';
import { signedBy } from '../engines/local/process/signed';
import { lives, signalProcess } from '../runs/process';

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
  if (existsSync(join(folder, 'exit.json'))) {
    return;
  }
  const signed = signedBy(folder);
  // The number may have gone to another process meanwhile.
  if (signed !== null && signed !== 'abandoned' && lives(signed)) {
    signalProcess(-signed.group, 'SIGKILL');
  }
}
