import { FINAL, type Run } from '@cellway/core/api/http';
import type { Link } from '../client/link';
import { openResponse } from '../client/transport';
import { pause } from '../client/connect';
import { readArguments } from './arguments';
import { asking, linkOf } from './bridge';
import { EXIT, Stop } from './exit';
import { whole } from './runs';
import { whichRun } from './which-run';

/** How often is asked for a step that has not begun, in milliseconds. */
const LOOK = 300;

interface Part {
  readonly attempt?: number;
  readonly tail?: number;
  readonly follow?: boolean;
}

/** `cellway logs RUN [STEP]`: what steps printed; with `-f` what they go on to print. */
export async function logs(args: readonly string[]): Promise<number> {
  const given = readArguments('logs', args, ['follow', 'tail', 'attempt', 'data'], {
    what: 'a run, and a step where only one is wanted',
    least: 1,
    most: 2
  });
  const link = await linkOf(given);
  const { id } = await whichRun(link, given.names[0]!);
  const [tail, attempt] = [given.value('tail'), given.value('attempt')];
  const part: Part = {
    ...(tail === undefined ? {} : { tail: whole(tail, '--tail') }),
    ...(attempt === undefined ? {} : { attempt: whole(attempt, '--attempt') }),
    ...(given.flags.has('follow') ? { follow: true } : {})
  };
  const get = (): Promise<Run> => asking(link.call('getRun', { params: { run: id }, query: {} }));
  const wanted = given.names[1];
  if (wanted !== undefined) {
    const { steps } = await get();
    const step = steps.find(one => one.name === wanted || one.id === wanted);
    if (step === undefined)
      throw new Stop(
        EXIT.badInput,
        `Run ${id} has no step '${wanted}'.`,
        `It has ${steps.map(one => one.name).join(', ')}.`
      );
    if (part.follow) await begun(get, step.name);
    await print(link, id, step.name, part);
    return EXIT.ok;
  }
  const printed = new Set<string>();
  for (;;) {
    const run = await get();
    const next = run.steps.find(step => step.attempt !== null && !printed.has(step.name));
    if (next !== undefined) {
      printed.add(next.name);
      process.stdout.write(`== ${next.name}\n`);
      await print(link, id, next.name, part);
    } else if (!part.follow || FINAL.has(run.state)) return EXIT.ok;
    else await pause(LOOK);
  }
}

async function begun(get: () => Promise<Run>, step: string): Promise<void> {
  for (;;) {
    const run = await get();
    if (FINAL.has(run.state) || run.steps.some(one => one.name === step && one.attempt !== null)) return;
    await pause(LOOK);
  }
}

/** Bytes as they are; a step without a log prints nothing. */
async function print(link: Link, run: string, step: string, query: Part): Promise<void> {
  const { client, place } = await asking(link.connection());
  const path = client.path('stepLog', { params: { run, step }, query });
  const response = await openResponse(place, path, new AbortController().signal);
  if (response.statusCode === 404) {
    response.resume();
    return;
  }
  for await (const bytes of response)
    if (!process.stdout.write(bytes as Uint8Array)) await new Promise(resolve => process.stdout.once('drain', resolve));
}
