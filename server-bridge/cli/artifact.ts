import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ProblemDetails, RunArtifact } from '@cellway/core/api/http';
import { openResponse } from '../client/transport';
import { readArguments } from './arguments';
import { asking, linkOf } from './bridge';
import { EXIT, Stop } from './exit';
import { sizeText } from './size-text';
import { table } from './table';
import { whichRun } from './which-run';

/** `cellway artifact RUN` lists a run's artifacts; `cellway artifact ARTIFACT -o FILE` writes one to a file. */
export async function artifact(args: readonly string[]): Promise<number> {
  const given = readArguments('artifact', args, ['json', 'output', 'member', 'data'], {
    what: 'a run or an artifact',
    least: 1,
    most: 1
  });
  const link = await linkOf(given);
  const [name] = given.names as readonly [string];
  const json = given.flags.has('json');
  if (!name.includes('.')) {
    const { id } = await whichRun(link, name);
    const items: RunArtifact[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await asking(link.call('listArtifacts', { params: { run: id }, query: { limit: 500, cursor } }));
      items.push(...page.items);
      if (page.next === null) break;
      cursor = page.next;
    }
    const rows = items.map(one => [one.id, one.kind, one.step, sizeText(one.bytes), one.names.join(', ')]);
    process.stdout.write(json ? `${JSON.stringify(items)}\n` : items.length === 0 ? 'No artifacts.\n' : table(rows));
    return EXIT.ok;
  }
  const output = given.value('output');
  if (output === undefined) {
    const found = await asking(link.call('getArtifact', { params: { artifact: name }, query: {} }));
    process.stdout.write(`${JSON.stringify(found, null, json ? 0 : 2)}\n`);
    return EXIT.ok;
  }
  await download(name, resolve(output), given.value('member'));
  return EXIT.ok;

  /** To a temporary name first: a file that is there is whole. */
  async function download(id: string, path: string, member: string | undefined): Promise<void> {
    if (existsSync(path)) throw new Stop(EXIT.badInput, `${path} is there already.`, 'Give another name with -o.');
    const { client, place } = await asking(link.connection());
    const query = member === undefined ? {} : { member };
    const response = await openResponse(
      place,
      client.path('artifactContent', { params: { artifact: id }, query }),
      new AbortController().signal
    );
    if (response.statusCode !== 200) {
      let text = '';
      for await (const part of response) text += String(part);
      const { detail, fix } = JSON.parse(text) as ProblemDetails;
      throw new Stop(EXIT.badInput, detail, fix);
    }
    const temporary = `${path}.${process.pid}.part`;
    try {
      await pipeline(response, createWriteStream(temporary, { flags: 'wx' }));
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}
