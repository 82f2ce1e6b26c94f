import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dataFolder } from '../runs/folder';
import { serveBridge } from '../service/serve';
import { EXIT, Stop } from './exit';
import { VERSION } from './help';

/** Seconds without anything to do after which a bridge that was started on demand ends. */
const IDLE = 600;

/** `cellway serve`: the bridge, until it is stopped. */
export async function serve(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      socket: { type: 'string' },
      idle: { type: 'string' },
      'on-demand': { type: 'boolean' }
    }
  });
  const data = values.data === undefined ? dataFolder() : resolve(values.data);
  const idle = values.idle === undefined ? (values['on-demand'] ? IDLE : null) : Number(values.idle);
  const serving = await serveBridge({
    data,
    version: VERSION,
    compileWorker: join(dirname(process.argv[1]!), 'compile-worker.mjs'),
    listen:
      values.socket === undefined
        ? { kind: 'tcp', host: values.host ?? '127.0.0.1', port: Number(values.port ?? 0) }
        : { kind: 'unix', path: resolve(values.socket) },
    idle,
    level: 'info'
  });
  if (serving.kind === 'refused') throw new Stop(EXIT.refused, serving.reason.message, serving.reason.fix);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, serving.stop);
  await serving.ended;
  return EXIT.ok;
}
