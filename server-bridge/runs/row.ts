import type { NewRunRow } from '../store';
import { existsSync, readFileSync } from 'node:fs';
import { paths, type RunFile } from './folder';

/** What the store keeps of a run, from its folder alone: a store that is lost can be made again. */
export function runRow(run: RunFile, folder: string): NewRunRow {
  const label = existsSync(paths.label(folder))
    ? (JSON.parse(readFileSync(paths.label(folder), 'utf8')) as {
        readonly name: string;
        readonly experiment: string | null;
      })
    : { name: run.name, experiment: run.experiment };
  const { id, principal, profile, created, git, origin } = run;
  return {
    ...{ id, principal, profile, created, git, origin },
    ...label,
    engine: 'local',
    notebook: run.notebook.path,
    digest: run.notebook.digest,
    folder,
    parameters: {
      ...Object.fromEntries(run.pipeline.parameters.map(({ name, default: value }) => [name, value])),
      ...run.given
    }
  };
}
