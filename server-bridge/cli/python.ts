import { spawn } from 'node:child_process';
import type { RunFile } from '../runs';
import { EXIT, Stop } from './exit';

/** Runs the notebook's own Python with our package in reach. Its standard error is shown when it fails. */
export function runPython(run: RunFile, args: readonly string[]): Promise<void> {
  const [command, ...rest] = run.interpreter.argv;
  const env = {
    ...process.env,
    ...run.interpreter.env,
    ...run.environment,
    PYTHONPATH: [run.runtime, process.env.PYTHONPATH].filter(Boolean).join(':')
  };
  return new Promise((resolve, reject) => {
    const child = spawn(command!, [...rest, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', chunk => {
      said = (said + String(chunk)).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve();
      else if (/No module named '?(jupyter_client|ipykernel|nbformat)\b/.test(said)) {
        reject(
          new Stop(
            EXIT.refused,
            `${command} has no Jupyter kernel to compare with.`,
            `Install it: ${command} -m pip install ipykernel nbformat`
          )
        );
      } else {
        const last = said.trimEnd().split('\n').at(-1) ?? '';
        reject(new Stop(EXIT.refused, `The notebook could not be compared: ${last || `Python ended with ${code}`}.`));
      }
    });
  });
}
