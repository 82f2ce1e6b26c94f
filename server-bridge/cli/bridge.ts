import type { Diagnostic } from '@cellway/core/api';
import { ApiError } from '@cellway/core/api/client';
import type { Ours } from '../client/connect';
import { Link, NoBridge } from '../client/link';
import { STORE_VERSION } from '../store/migrations';
import { diagnosticLine } from './diagnostic-line';
import type { Arguments } from './arguments';
import { EXIT, Stop } from './exit';
import { VERSION } from './help';
import { settingsOf } from './settings';

/** How this program starts itself with another command. */
const program = (): readonly string[] => [process.execPath, ...process.execArgv, process.argv[1]!];

export function ours(): Ours {
  return { cellway: VERSION, store: STORE_VERSION, program: program() };
}

/** The bridge of the data folder, found or started when it is first asked. */
export function linkTo(data: string): Link {
  return new Link(data, ours());
}

/** That of the data folder that the settings name. */
export async function linkOf(given: Arguments): Promise<Link> {
  return linkTo((await settingsOf(given)).data);
}

/** Refusals that other arguments would have avoided: bad input. */
export const BAD_INPUT: ReadonlySet<string> = new Set(['step-unknown', 'upstream-missing', 'data-folder']);

/** Asks the bridge; a problem ends the command with its words. `path`: the notebook, as the user named it. */
export async function asking<T>(question: Promise<T>, path = 'notebook'): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof NoBridge) throw refusedBy(error.refusal.reason);
    if (!(error instanceof ApiError)) throw error;
    const { status, detail, fix, code, reason, diagnostics } = error.problem;
    if (diagnostics !== undefined && diagnostics.length > 0) {
      const lines = (diagnostics as unknown as readonly Diagnostic[]).map(one => diagnosticLine(path, one));
      throw new Stop(EXIT.badInput, lines.join('\n'));
    }
    if (reason !== undefined) throw refusedBy(reason);
    throw new Stop(status >= 500 || code === 'not-the-bridge' ? EXIT.failed : EXIT.badInput, detail, fix);
  }
}

export function refusedBy(reason: { readonly code: string; readonly message: string; readonly fix?: string }): Stop {
  return new Stop(BAD_INPUT.has(reason.code) ? EXIT.badInput : EXIT.refused, reason.message, reason.fix);
}
