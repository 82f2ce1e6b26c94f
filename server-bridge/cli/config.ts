import { type Key, LEAVES, likelyKey, type Resolution, SettingsSchema, shown, variableOf, whereOf } from '../settings';
import { readArguments } from './arguments';
import { EXIT, Stop } from './exit';
import { problemLine, resolveFor } from './settings';
import { table } from './table';

const KEY = { what: 'one setting at most', least: 0, most: 1 };

/** `cellway config [KEY]`: what holds, and where each value came from. */
export async function config(args: readonly string[]): Promise<number> {
  const given = readArguments('config', args, ['json', 'schema', 'data'], KEY);
  if (given.flags.has('schema')) {
    process.stdout.write(`${JSON.stringify(fileSchema(), null, 2)}\n`);
    return EXIT.ok;
  }
  const resolution = await resolveFor(given);
  const [key] = given.names;
  const json = given.flags.has('json');
  if (key === undefined) process.stdout.write(json ? jsonOf(resolution) : tableOf(resolution));
  else if (!LEAVES.has(key as Key)) throw new Stop(EXIT.badInput, `There is no setting ${key}.`, likelyKey(key));
  else
    process.stdout.write(
      json ? `${JSON.stringify(rowOf(resolution, key as Key))}\n` : `${text(resolution, key as Key)}\n`
    );
  for (const problem of resolution.problems) process.stderr.write(`cellway: ${problemLine(problem)}\n`);
  return resolution.problems.length === 0 ? EXIT.ok : EXIT.badInput;
}

const text = ({ found }: Resolution, key: Key): string => shown(LEAVES.get(key)!, found.get(key)!.value);

function tableOf(resolution: Resolution): string {
  const { found, file } = resolution;
  const rows = [...found].map(([key, { source }]) => [key, text(resolution, key), whereOf(source)]);
  return `${table(rows)}\nThe file: ${file.path}${file.there ? '' : ' (there is none)'}\n`;
}

function rowOf(resolution: Resolution, key: Key): object {
  const { value, source } = resolution.found.get(key)!;
  const { description } = LEAVES.get(key)!;
  return { key, value, text: text(resolution, key), source, variable: variableOf(key), description };
}

function jsonOf(resolution: Resolution): string {
  const { file, found, problems } = resolution;
  const settings = [...found.keys()].map(key => rowOf(resolution, key));
  return `${JSON.stringify({ file: { path: file.path, there: file.there }, settings, problems }, null, 2)}\n`;
}

/** For editors that check TOML by a schema. */
function fileSchema(): object {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...SettingsSchema };
}
