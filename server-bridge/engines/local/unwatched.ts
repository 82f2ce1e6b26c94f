import type { RunEventBody } from '../../runs/event';
import type { Report } from './report';

const words: Readonly<Record<string, string>> = {
  shell: 'what child processes read',
  native: 'files of databases and other code that is not Python',
  'many-files': 'changes by child processes in a folder of too many files to compare'
};

function list(steps: readonly string[]): string {
  return steps.length > 6 ? `${steps.slice(0, 5).join(', ')} and ${steps.length - 5} more` : steps.join(', ');
}

/** What nobody could see while the steps ran, said once: there the promise of equality rests on the notebook. */
export function unwatchedNotes(
  reports: ReadonlyMap<string, Report>,
  unreadable: readonly string[]
): readonly RunEventBody[] {
  const steps = new Map<string, string[]>();
  const add = (what: string, step: string) => steps.set(what, [...(steps.get(what) ?? []), step]);
  for (const [step, report] of reports) {
    for (const reason of report.files.unwatched) add(words[reason] ?? reason, step);
    if (report.used.network) add('what came over the network', step);
  }
  const seen = [...steps].map(([what, names]) => `${what} (${names.length === 1 ? 'step' : 'steps'} ${list(names)})`);
  const notes: RunEventBody[] = [];
  if (seen.length > 0) notes.push({ type: 'note', message: `Not watched: ${seen.join('; ')}.` });
  if (unreadable.length > 0)
    notes.push({
      type: 'note',
      message: `Not in the steps' copy of the folder, since they may not be read: ${list(unreadable)}.`
    });
  return notes;
}
