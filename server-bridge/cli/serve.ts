import { dirname, join } from 'node:path';
import { serveBridge } from '../service/serve';
import { connect, stopBridge } from '../client/connect';
import { placePath } from '../service/place';
import { readArguments } from './arguments';
import { ours } from './bridge';
import { EXIT, Stop } from './exit';
import { VERSION } from './help';
import { settingsOf } from './settings';

const OPTIONS = ['data', 'host', 'port', 'socket', 'idle', 'log-level', 'on-demand', 'stop', 'ensure'];

/** Finds the data folder's bridge or starts it, and prints the path of the file that says where it is. For other programs. */
async function ensure(data: string): Promise<number> {
  const found = await connect(data, ours());
  if (found.kind === 'refused') throw new Stop(EXIT.refused, found.reason.message, found.reason.fix);
  process.stdout.write(`${placePath(data)}\n`);
  return EXIT.ok;
}

/** `cellway serve`: the bridge, until it is stopped. */
export async function serve(args: readonly string[]): Promise<number> {
  const given = readArguments('serve', args, OPTIONS, 'none');
  const settings = await settingsOf(given);
  if (given.flags.has('stop')) {
    const place = await stopBridge(settings.data);
    const none = `No bridge of ${settings.data} runs.\n`;
    process.stdout.write(place === null ? none : `The bridge (process ${place.pid}) has ended; runs go on.\n`);
    return EXIT.ok;
  }
  if (given.flags.has('ensure')) return ensure(settings.data);
  // One that somebody starts by hand is there to stay.
  const onDemand = given.flags.has('on-demand');
  const idles = onDemand || given.value('idle') !== undefined;
  const serving = await serveBridge({
    settings,
    version: VERSION,
    compileWorker: join(dirname(process.argv[1]!), 'compile-worker.mjs'),
    idle: idles ? settings.bridge.idle : null,
    ...(onDemand ? {} : { echo: process.stdout })
  });
  if (serving.kind === 'refused') {
    // For the command that started it, which says it to its user.
    if (onDemand) process.stderr.write(`${JSON.stringify(serving)}\n`);
    else throw new Stop(EXIT.refused, serving.reason.message, serving.reason.fix);
    return EXIT.refused;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, serving.stop);
  await serving.ended;
  return EXIT.ok;
}
