import { dirname, join } from 'node:path';
import { stopBridge } from '../client/connect';
import { serveBridge } from '../service/serve';
import { readArguments } from './arguments';
import { EXIT, Stop } from './exit';
import { VERSION } from './help';
import { settingsOf } from './settings';

const OPTIONS = ['data', 'host', 'port', 'socket', 'idle', 'log-level', 'on-demand', 'stop'];

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
