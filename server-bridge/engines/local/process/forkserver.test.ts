import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkout, python } from '../testing/pipelines';
import { childrenOf, ForkServer } from './forkserver';

const folder = mkdtempSync(join(tmpdir(), 'cellway-fork-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a spare child that hangs does not outlive the closing of its server', async () => {
  const server = new ForkServer({
    python: [python],
    runtime: checkout,
    environment: process.env,
    folder,
    preload: []
  });
  await server.ready;
  let spare = childrenOf(server.pid!)[0];
  for (; spare === undefined; spare = childrenOf(server.pid!)[0]) await wait(20);
  process.kill(spare, 'SIGSTOP');
  server.close();
  while (existsSync(`/proc/${spare}`)) await wait(20);
  expect(existsSync(`/proc/${spare}`)).toBe(false);
});
