import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Json, NewRun } from '@cellway/core/api';
import { followRun } from '../client/follow';
import { paths } from '../runs/folder';
import { optionsFrom } from '../runs/options';
import type { Settings } from '../settings';
import { type Arguments, readArguments } from './arguments';
import { asking, linkTo } from './bridge';
import { EXIT, Stop } from './exit';
import { planText } from './explain';
import { openNotebook } from './open';
import { parameterValues, refuseErrors } from './prepare';
import { settingsOf } from './settings';
import { watchRun } from './watch';

const OPTIONS = [
  ...['parameter', 'only', 'from', 'no-cache', 'parallel', 'memory', 'json', 'each-cell', 'data', 'detach'],
  ...['name', 'experiment', 'explain']
];

/** `cellway run`: has the bridge make a run, shows it until it ends. */
export async function run(args: readonly string[]): Promise<number> {
  const given = readArguments('run', args, OPTIONS, 'notebook');
  const settings = await settingsOf(given);
  const { data } = settings;
  const link = linkTo(data);
  // While the bridge starts, the notebook is looked at. What is wrong with it is told before anything is written: a data
  // folder that is not there yet is not made before.
  if (existsSync(data)) await link.begin();
  const opened = openNotebook(given.notebook, given.flags.has('each-cell'), data);
  refuseErrors(opened);
  const parameters = parameterValues(given, opened);
  const json = given.flags.has('json');
  const body = bodyOf(given, settings, parameters);
  if (given.flags.has('explain')) {
    const plan = await asking(link.call('planRun', { query: {}, body }), opened.path);
    process.stdout.write(json ? `${JSON.stringify(plan)}\n` : planText(plan));
    return EXIT.ok;
  }
  const headers = { 'idempotency-key': randomBytes(16).toString('hex') };
  const made = await asking(link.call('createRun', { query: {}, body, headers }), opened.path);
  if (given.flags.has('detach')) {
    process.stdout.write(`${json ? JSON.stringify(made) : made.id}\n`);
    return EXIT.ok;
  }
  const folder = paths.run(data, made.id);
  const cancel = () =>
    // It may have ended meanwhile: then there is nothing to cancel.
    void link.call('cancelRun', { params: { run: made.id }, query: {} }).catch(() => undefined);
  const watched = {
    run: { kind: 'run', id: made.id, folder, data },
    events: followRun(link, made.id),
    cancel
  } as const;
  return asking(watchRun(watched, opened, json), opened.path);
}

function bodyOf(given: Arguments, settings: Settings, parameters: Readonly<Record<string, Json>>): NewRun {
  const { cache, parallel, memory } = optionsFrom(settings);
  const [only, from] = [given.value('only'), given.value('from')];
  if (only !== undefined && from !== undefined)
    throw new Stop(EXIT.badInput, '--only and --from exclude each other.', 'Give one of them.');
  const [name, experiment] = [given.value('name'), given.value('experiment')];
  return {
    notebook: { path: resolve(given.notebook) },
    parameters,
    eachCell: given.flags.has('each-cell'),
    environment: environment(),
    options: {
      cache,
      ...(parallel === undefined ? {} : { parallel }),
      ...(memory === undefined ? {} : { memory }),
      ...(only === undefined ? {} : { only }),
      ...(from === undefined ? {} : { from })
    },
    ...(name === undefined ? {} : { name }),
    ...(experiment === undefined ? {} : { experiment })
  };
}

/** Steps see this command's environment, not the bridge's. */
function environment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  );
}
