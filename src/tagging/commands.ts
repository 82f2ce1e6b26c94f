import type { CommandRegistry } from '@lumino/commands';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICells } from '../cells';
import type { IPipelines } from '../pipelines';
import {
  acceptSplit,
  addToAbove,
  freshName,
  newStep,
  type Role,
  setRole,
  type TagEdit,
  type TaggedCell
} from './edits';
import { applyTags, chosenCells, taggedCells } from './notebook-tags';

export const CommandIDs = {
  newStep: 'cellway:new-step',
  split: 'cellway:split-step',
  addToAbove: 'cellway:add-to-step-above',
  merge: 'cellway:merge-step-above',
  setup: 'cellway:tag-setup',
  parameters: 'cellway:tag-parameters',
  metrics: 'cellway:tag-metrics',
  skip: 'cellway:tag-skip',
  rename: 'cellway:rename-step',
  accept: 'cellway:accept-steps'
} as const;

interface Parts {
  readonly commands: CommandRegistry;
  readonly tracker: INotebookTracker;
  readonly pipelines: IPipelines;
  readonly cells: ICells;
  readonly trans: TranslationBundle;
}

/** All tagging actions. They are for the selected cells of the notebook in front, else for its active cell. */
export function addTaggingCommands({ commands, tracker, pipelines, cells, trans }: Parts): void {
  const isEnabled = () => tracker.currentWidget !== null && tracker.activeCell !== null;
  const describedBy = { args: { type: 'object' as const, properties: {} } };
  const edit =
    (make: (all: readonly TaggedCell[], chosen: readonly number[], panel: NotebookPanel) => readonly TagEdit[]) =>
    () => {
      const panel = tracker.currentWidget;
      if (panel?.model == null) return;
      const shared = panel.model.sharedModel;
      applyTags(shared, make(taggedCells(shared), chosenCells(panel.content), panel));
    };
  const add = (id: string, label: string, caption: string, execute: () => void) =>
    commands.addCommand(id, { label, caption, isEnabled, execute, describedBy });

  const start = () => {
    const panel = tracker.currentWidget;
    if (panel?.model == null) return;
    const shared = panel.model.sharedModel;
    const all = taggedCells(shared);
    const name = freshName(all);
    applyTags(shared, newStep(all, chosenCells(panel.content), name));
    editWhenThere(cells, panel, name);
  };
  add(
    CommandIDs.newStep,
    trans.__('New Step from Here'),
    trans.__('The selected cells become a step; the untagged cells behind them belong to it'),
    start
  );
  add(CommandIDs.split, trans.__('Split Step Here'), trans.__('The step is two from the active cell on'), start);
  add(
    CommandIDs.addToAbove,
    trans.__('Add to Step Above'),
    trans.__('The selected cells belong to the step above them'),
    edit(addToAbove)
  );
  add(
    CommandIDs.merge,
    trans.__('Merge Step with the One Above'),
    trans.__('The step of the active cell becomes part of the step above it'),
    edit((all, _, panel) => {
      const step = stepOfActive(pipelines, panel);
      const at = step === null ? -1 : panel.content.widgets.findIndex(cell => cell.model.id === step.first);
      return at < 0 ? [] : addToAbove(all, [at]);
    })
  );
  const role = (id: string, role: Role, label: string, caption: string) =>
    add(
      id,
      label,
      caption,
      edit((all, chosen) => setRole(all, chosen, role))
    );
  role(CommandIDs.setup, 'setup', trans.__('Setup'), trans.__('Code that each step that needs it runs first'));
  role(
    CommandIDs.parameters,
    'parameters',
    trans.__('Parameters'),
    trans.__('Assignments whose values can be given to a run')
  );
  role(CommandIDs.metrics, 'metrics', trans.__('Metrics'), trans.__('Numbers of this cell become metrics of the step'));
  role(CommandIDs.skip, 'skip', trans.__('Skip'), trans.__('Not part of the pipeline'));
  add(
    CommandIDs.rename,
    trans.__('Rename Step'),
    trans.__('Another name for the step of the active cell, everywhere'),
    () => {
      const panel = tracker.currentWidget;
      const step = panel === null ? null : stepOfActive(pipelines, panel);
      if (panel !== null && step !== null) cells.of(panel).headerOf(step.name)?.edit();
    }
  );
  commands.addCommand(CommandIDs.accept, {
    label: trans.__('Accept Proposed Steps'),
    caption: trans.__('Writes the proposed steps into the notebook as tags'),
    describedBy,
    isEnabled: () => pipelines.current?.pipeline?.notebook.split === 'proposed',
    execute: () => {
      const current = pipelines.current;
      const pipeline = current?.pipeline;
      if (current == null || pipeline == null || pipeline.notebook.split !== 'proposed') return;
      const shared = current.panel.model!.sharedModel;
      const at = new Map(shared.cells.map((cell, place) => [cell.getId(), place]));
      const starts = pipeline.steps.flatMap(({ name, cells: [first] }) => {
        const place = first === undefined ? undefined : at.get(first.id);
        return place === undefined ? [] : [{ at: place, name }];
      });
      applyTags(shared, acceptSplit(taggedCells(shared), starts));
    }
  });
}

function stepOfActive(
  pipelines: IPipelines,
  panel: NotebookPanel
): { readonly name: string; readonly first: string } | null {
  const id = panel.content.activeCell?.model.id;
  const step = pipelines.of(panel).pipeline?.steps.find(one => one.cells.some(cell => cell.id === id));
  return step === undefined ? null : { name: step.name, first: step.cells[0]!.id };
}

/** The header comes with the next pipeline, a moment later. */
function editWhenThere(cells: ICells, panel: NotebookPanel, name: string): void {
  let frames = 60;
  const look = () => {
    const header = panel.isDisposed ? null : cells.of(panel).headerOf(name);
    if (header !== null) header.edit();
    else if (frames-- > 0) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
