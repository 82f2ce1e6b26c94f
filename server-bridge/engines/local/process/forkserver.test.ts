import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkout, python } from '../testing/pipelines';
import { ForkServer } from './forkserver';

const folder = mkdtempSync(join(tmpdir(), 'cellway-fork-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A server, and its spare child: stopped, as one is that hangs in a lock which it inherited. */
async function serverWithStoppedSpare(): Promise<{ readonly server: ForkServer; readonly spare: number }> {
  const server = new ForkServer({
    python: [python],
    runtime: checkout,
    environment: process.env,
    folder,
    preload: []
  });
  await server.ready;
  const children = `/proc/${server.pid}/task/${server.pid}/children`;
  for (;;) {
    const spare = Number(readFileSync(children, 'utf8').split(' ')[0]);
    // Asleep: it waits for its step.
    if (spare > 0 && / S /.test(readFileSync(`/proc/${spare}/stat`, 'utf8'))) {
      process.kill(spare, 'SIGSTOP');
      return { server, spare };
    }
    await wait(20);
  }
}

test("a server asks for huge pages, unless the user has tuned the C library's memory", async () => {
  const tuned = (environment: NodeJS.ProcessEnv) => {
    const server = new ForkServer({ python: [python], runtime: checkout, environment, folder, preload: [] });
    const found = readFileSync(`/proc/${server.pid}/environ`, 'utf8').match(/GLIBC_TUNABLES=([^\0]*)/)?.[1];
    server.close();
    return found;
  };
  const { GLIBC_TUNABLES: _, ...environment } = process.env;
  expect(tuned(environment)).toBe('glibc.malloc.hugetlb=1');
  expect(tuned({ ...environment, GLIBC_TUNABLES: 'glibc.malloc.check=0' })).toBe('glibc.malloc.check=0');
});

async function gone(pid: number): Promise<boolean> {
  while (existsSync(`/proc/${pid}`)) await wait(20);
  return true;
}

test('a spare child that hangs does not outlive the closing of its server', async () => {
  const { server, spare } = await serverWithStoppedSpare();
  server.close();
  expect(await gone(spare)).toBe(true);
});

test('a spare child that hangs does not outlive the death of its server', async () => {
  const { server, spare } = await serverWithStoppedSpare();
  process.kill(server.pid!, 'SIGKILL');
  expect(await gone(spare)).toBe(true);
});
