import { randomBytes } from 'node:crypto';
import { FINAL, type Run } from '@cellway/core/api/http';
import { followRun } from '../client/follow';
import type { Link } from '../client/link';
import { paths } from '../runs/folder';
import { type Arguments, readArguments } from './arguments';
import { asking, linkOf } from './bridge';
import { EXIT, exitOf } from './exit';
import { watchRun } from './watch';
import { whichRun } from './which-run';

const SEVERAL = { what: 'one run or more', least: 1, most: 100 };
const ONE = { what: 'one run', least: 1, most: 1 };

/** `cellway cancel RUN…`: asks runs to stop, and waits until they have. */
export async function cancel(args: readonly string[]): Promise<number> {
  const given = readArguments('cancel', args, ['data'], SEVERAL);
  const link = await linkOf(given);
  for (const name of given.names) {
    const { id } = await whichRun(link, name);
    await asking(link.call('cancelRun', { params: { run: id }, query: {} }));
    process.stdout.write(`${id}  ${await endOf(link, id)}\n`);
  }
  return EXIT.ok;
}

/** `cellway wait RUN…`: until they have ended; exits as the worst of them did. */
export async function wait(args: readonly string[]): Promise<number> {
  const given = readArguments('wait', args, ['data'], SEVERAL);
  const link = await linkOf(given);
  let code: number = EXIT.ok;
  for (const name of given.names) {
    const { id } = await whichRun(link, name);
    const state = await endOf(link, id);
    process.stdout.write(`${id}  ${state}\n`);
    if (code === EXIT.ok) code = exitOf(state);
  }
  return code;
}

async function endOf(link: Link, id: string): Promise<string> {
  let state = 'started';
  for await (const event of followRun(link, id)) if (event.type === 'run') state = event.state;
  return state;
}

/** `cellway retry RUN`: the same source and parameters again. */
export async function retry(args: readonly string[]): Promise<number> {
  const given = readArguments('retry', args, ['detach', 'json', 'data'], ONE);
  const link = await linkOf(given);
  const { id } = await whichRun(link, given.names[0]!);
  return started(link, given, await asking(link.call('retryRun', { params: { run: id }, query: {}, headers: key() })));
}

/** `cellway resume RUN [--from STEP]`: what had not succeeded, or all from a step on. */
export async function resume(args: readonly string[]): Promise<number> {
  const given = readArguments('resume', args, ['from', 'detach', 'json', 'data'], ONE);
  const link = await linkOf(given);
  const { id } = await whichRun(link, given.names[0]!);
  const step = given.value('from');
  const body = step === undefined ? {} : { step };
  return started(
    link,
    given,
    await asking(link.call('resumeRun', { params: { run: id }, query: {}, body, headers: key() }))
  );
}

/** A question that is asked again after a break makes one run. */
const key = () => ({ 'idempotency-key': randomBytes(16).toString('hex') });

async function started(link: Link, given: Arguments, run: Run): Promise<number> {
  const json = given.flags.has('json');
  if (given.flags.has('detach')) {
    process.stdout.write(`${json ? JSON.stringify(run) : run.id}\n`);
    return EXIT.ok;
  }
  const pipeline = await asking(link.call('pipelineOfRun', { params: { run: run.id }, query: {} }));
  const watched = {
    run: { kind: 'run', id: run.id, folder: paths.run(link.data, run.id), data: link.data },
    events: followRun(link, run.id),
    // It may have ended meanwhile: then there is nothing to cancel.
    cancel: () => void link.call('cancelRun', { params: { run: run.id }, query: {} }).catch(() => undefined)
  } as const;
  return FINAL.has(run.state)
    ? exitOf(run.state)
    : asking(watchRun(watched, { path: run.notebook.path, derivation: { pipeline } }, json));
}
