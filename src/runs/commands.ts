import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RunOptions } from '@cellway/core/api/http';
import { explained } from '../bridge';
import type { IPipelines } from '../pipelines';
import type { INotebookRuns, IRuns } from './token';

export const CommandIDs = {
  run: 'cellway:run',
  runFrom: 'cellway:run-from-here',
  runOnly: 'cellway:run-only-this-step',
  cancel: 'cellway:cancel-run',
  resume: 'cellway:resume-run'
} as const;

interface Parts {
  readonly commands: CommandRegistry;
  readonly tracker: INotebookTracker;
  readonly pipelines: IPipelines;
  readonly runs: IRuns;
  readonly trans: TranslationBundle;
}

/** Running, cancelling, resuming the notebook in front. What the bridge says against it is shown, with what to do. */
export function addRunCommands({ commands, tracker, pipelines, runs, trans }: Parts): void {
  const own = (): INotebookRuns | null => {
    const panel = tracker.currentWidget;
    return panel === null ? null : runs.of(panel);
  };
  const isOpen = () => ['created', 'started'].includes(own()?.shown?.state ?? '');
  const describedBy = { args: { type: 'object' as const, properties: {} } };
  const telling = async (action: Promise<void> | undefined): Promise<void> => {
    try {
      await action;
    } catch (error) {
      const { detail, fix } = explained(error);
      Notification.error(fix === undefined ? detail : `${detail} ${fix}`, { autoClose: false });
    }
  };
  const here = (): string | null => {
    const id = tracker.activeCell?.model.id;
    return pipelines.current?.pipeline?.steps.find(step => step.cells.some(cell => cell.id === id))?.name ?? null;
  };
  const start = (options: () => RunOptions) => () => telling(own()?.start(options()));
  commands.addCommand(CommandIDs.run, {
    label: trans.__('Run'),
    caption: trans.__('Run the notebook as a pipeline'),
    describedBy,
    isEnabled: () => pipelines.current?.pipeline != null && !isOpen(),
    execute: start(() => ({}))
  });
  commands.addCommand(CommandIDs.runFrom, {
    label: trans.__('Run from Here'),
    caption: trans.__(
      'Run the step of the active cell and all behind it; what is before it is taken from earlier runs'
    ),
    describedBy,
    isEnabled: () => here() !== null && !isOpen(),
    execute: start(() => ({ from: here() ?? undefined }))
  });
  commands.addCommand(CommandIDs.runOnly, {
    label: trans.__('Run Only This Step'),
    caption: trans.__('Run the step of the active cell; what it needs is taken from earlier runs'),
    describedBy,
    isEnabled: () => here() !== null && !isOpen(),
    execute: start(() => ({ only: here() ?? undefined }))
  });
  commands.addCommand(CommandIDs.cancel, {
    label: trans.__('Cancel'),
    caption: trans.__('Ask the run to stop'),
    describedBy,
    isEnabled: isOpen,
    execute: () => telling(own()?.cancel())
  });
  commands.addCommand(CommandIDs.resume, {
    label: trans.__('Resume'),
    caption: trans.__('Run what had not succeeded; the rest is taken from that run'),
    describedBy,
    isEnabled: () => ['failed', 'cancelled', 'refused'].includes(own()?.shown?.state ?? ''),
    execute: () => telling(own()?.resume())
  });
}
