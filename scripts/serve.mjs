// A bridge of its own for a script: started, asked, stopped.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './setup/problem.mjs';

/** Starts `cellway serve` on a data folder and waits until it answers. */
export async function serve(cellway, data) {
  const child = spawn(cellway, ['serve', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise(resolve => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', part => {
      said += part;
      if (said.includes('"serving"')) resolve();
    });
    child.once('exit', () => reject(new Problem('The bridge did not start.', 'See what it said.', said)));
  });
  const { pid, token, address } = JSON.parse(readFileSync(join(data, 'bridge.json'), 'utf8'));
  const url = `http://${address.host}:${address.port}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return {
    pid,
    url,
    token,
    fetch: (path, init = {}) => fetch(`${url}/api/v1${path}`, { ...init, headers: { ...headers, ...init.headers } }),
    /** The answer's JSON; a problem is thrown. */
    async call(path, init) {
      const answer = await this.fetch(path, init);
      const body = await answer.json();
      if (!answer.ok)
        throw new Problem(`The bridge answered ${answer.status} to ${path}.`, 'See its words.', JSON.stringify(body));
      return body;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    }
  };
}
