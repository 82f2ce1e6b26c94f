import { type Flag, LEAVES, type Resolution, resolveSettings, type SettingProblem, type Settings } from '../settings';
import type { Arguments } from './arguments';
import { EXIT, Stop } from './exit';

/** The settings that hold for a command; it ends where one of them is wrong, wherever that was written. */
export async function settingsOf(given: Arguments): Promise<Settings> {
  const { settings, problems } = await resolveFor(given);
  const [first, ...others] = problems;
  if (first === undefined) return settings;
  if (others.length === 0) throw new Stop(EXIT.badInput, `${first.where}: ${first.message}`, first.fix);
  throw new Stop(EXIT.badInput, problems.map(problemLine).join('\n'));
}

export function resolveFor(given: Arguments): Promise<Resolution> {
  return resolveSettings(process.env, flagsOf(given));
}

export const problemLine = ({ where, message, fix }: SettingProblem): string => `${where}: ${message} ${fix}`;

function flagsOf(given: Arguments): readonly Flag[] {
  return [...LEAVES].flatMap(([key, { flag, kind }]): Flag[] => {
    if (flag === undefined) return [];
    // The one way to say "not" on a command line.
    const text = kind === 'switch' ? (given.flags.has(flag) ? 'false' : undefined) : given.value(flag);
    return text === undefined ? [] : [{ key, flag: `--${flag}`, text }];
  });
}
