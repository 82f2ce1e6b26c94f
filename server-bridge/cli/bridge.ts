import { resolve } from 'node:path';
import { ApiError } from '@cellway/core/api/client';
import { type Connection, connect, type Ours } from '../client/connect';
import { dataFolder } from '../runs/folder';
import { STORE_VERSION } from '../store/migrations';
import { EXIT, Stop } from './exit';
import { VERSION } from './help';

/** How this program starts itself with another command. */
const program = (): readonly string[] => [process.execPath, ...process.execArgv, process.argv[1]!];

export function ours(): Ours {
  return { cellway: VERSION, store: STORE_VERSION, program: program() };
}

/** The bridge of the data folder, started when none runs; the command ends with the reason when there can be none. */
export async function bridgeOf(data: string | undefined): Promise<Connection> {
  const found = await connect(data === undefined ? dataFolder() : resolve(data), ours());
  if (found.kind === 'refused') throw new Stop(EXIT.refused, found.reason.message, found.reason.fix);
  return found;
}

/** Runs what asks the bridge; a problem ends the command with its words. */
export async function asking<T>(question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, detail, fix } = error.problem;
    throw new Stop(status >= 500 ? EXIT.failed : EXIT.badInput, detail, fix);
  }
}
