import { existsSync, lstatSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { TestBridge } from './bridge';

let bridge: TestBridge;
let socket: string;
beforeEach(() => {
  bridge = new TestBridge();
  socket = join(bridge.folder, 's');
  bridge.settings(`bridge.socket = "${socket}"\n`);
});
afterEach(async () => {
  await bridge.stop();
  await bridge.close();
});

const notebook = () => bridge.notebook('n.ipynb', [['print(1)', 'step:a']]);

test('commands start a bridge on the socket of the settings and share it; one left by a dead bridge is replaced', async () => {
  expect(await bridge.run(['run', notebook()])).toMatchObject({ code: 0, stderr: '' });
  expect(bridge.place.address).toEqual({ kind: 'unix', path: socket });
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  const { pid } = bridge;
  process.kill(pid, 'SIGKILL');
  expect(lstatSync(socket).isSocket()).toBe(true);
  expect(await bridge.run(['run', notebook()])).toMatchObject({ code: 0, stderr: '' });
  expect(bridge.pid).not.toBe(pid);
});

test('what is no socket is let be, and neither is the socket of another process taken', async () => {
  writeFileSync(socket, 'mine');
  const refused = await bridge.run(['run', notebook()]);
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining(`${socket}: something else is there`) });
  expect(readFileSync(socket, 'utf8')).toBe('mine');

  const other = join(bridge.folder, 'other');
  const server = createServer().listen(other);
  await new Promise(resolve => server.once('listening', resolve));
  const taken = await bridge.run(['serve', '--socket', other]);
  expect(taken).toMatchObject({ code: 3, stderr: expect.stringContaining('another process listens there') });
  expect(existsSync(other)).toBe(true);
  await new Promise(resolve => server.close(resolve));
});

test.each([
  [['--socket', `/tmp/${'x'.repeat(110)}`], 'at most 107 bytes, and this one 115'],
  [['--socket', '/tmp/no such folder/s'], 'there is no such folder'],
  [['--host', '203.0.113.7', '--port', '8080'], 'this machine has no such address']
])('the bridge tells why it cannot listen: %j', async (args, why) => {
  // A socket of the settings would come before host and port.
  bridge.settings('');
  const { code, stderr } = await bridge.run(['serve', ...args]);
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(why) });
  expect(stderr).toContain('→ Name another one with');
});

test('a port that is taken is told to the command that wanted a bridge', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  bridge.settings(`[bridge]\nport = ${port}\n`);
  const { code, stderr } = await bridge.run(['runs']);
  expect(code).toBe(3);
  expect(stderr).toContain(`127.0.0.1, port ${port}: another process listens there`);
  await new Promise(resolve => server.close(resolve));
});
