import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PanelLayout } from '@lumino/widgets';
import type { Pipeline, Step } from '@cellway/core/api';
import type { StepStatus } from '@cellway/core/api/http';
import type { INotebookPipeline } from '../pipelines';
import type { INotebookRuns } from '../runs';
import { shownState } from '../runs/status';
import { applyTags, taggedCells } from '../tagging/notebook-tags';
import { badName, renameStep } from '../tagging/edits';
import { Failure } from './failure';
import { type HeaderContent, StepHeader } from './header';
import { Hues } from './hues';

interface Marks {
  header: StepHeader | null;
  failure: Failure | null;
}

/** Headers, edges and failures at the cells of one notebook. */
export class CellDecorations {
  readonly hues = new Hues();
  readonly #marks = new WeakMap<Cell, Marks>();
  #frame = 0;

  constructor(
    private readonly pipeline: INotebookPipeline,
    private readonly runs: INotebookRuns,
    private readonly trans: TranslationBundle
  ) {
    const { panel } = pipeline;
    const later = () => this.#later();
    pipeline.changed.connect(later);
    runs.changed.connect(later);
    // It fires before new cells have widgets: all is looked at in the next frame.
    panel.content.modelContentChanged.connect(later);
    panel.disposed.connect(() => cancelAnimationFrame(this.#frame));
    this.#later();
  }

  /** The header of the step that a cell begins or belongs to. */
  headerOf(step: string): StepHeader | null {
    const first = this.pipeline.pipeline?.steps.find(one => one.name === step)?.cells[0]?.id;
    const cell = this.pipeline.panel.content.widgets.find(widget => widget.model.id === first);
    return cell === undefined ? null : (this.#marks.get(cell)?.header ?? null);
  }

  #later(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#update());
  }

  #update(): void {
    const { panel, pipeline } = this.pipeline;
    if (panel.isDisposed || pipeline === null) return;
    const hues = this.hues.assign(pipeline.steps.map(step => step.name));
    const states = new Map((this.runs.shown?.steps ?? []).map(step => [step.name, step]));
    const places = cellPlaces(pipeline);
    for (const cell of panel.content.widgets) {
      const place = places.get(cell.model.id);
      const status = place === undefined ? undefined : states.get(place.step.name);
      this.#edge(cell, place, hues, status);
      this.#header(cell, place, hues, status, pipeline);
      this.#failure(cell, status);
    }
  }

  #edge(cell: Cell, place: Place | undefined, hues: ReadonlyMap<string, number>, status: StepStatus | undefined): void {
    const { node } = cell;
    if (place === undefined || place.step.kind === 'setup') {
      delete node.dataset.cellwayStep;
      delete node.dataset.cellwayRunning;
      return;
    }
    node.dataset.cellwayStep = place.step.name;
    node.style.setProperty('--jp-cellway-hue', `var(--jp-cellway-hue-${hues.get(place.step.name)})`);
    if (status?.state === 'running' && status.cell === cell.model.id) node.dataset.cellwayRunning = 'true';
    else delete node.dataset.cellwayRunning;
  }

  #header(
    cell: Cell,
    place: Place | undefined,
    hues: ReadonlyMap<string, number>,
    status: StepStatus | undefined,
    pipeline: Pipeline
  ): void {
    const marks = this.#of(cell);
    if (place === undefined || !place.first || place.step.kind === 'setup') {
      marks.header?.dispose();
      marks.header = null;
      return;
    }
    if (marks.header === null || marks.header.isDisposed) {
      marks.header = new StepHeader(this.trans, (from, to) => this.#rename(from, to));
      (cell.layout as PanelLayout).insertWidget(0, marks.header);
    }
    marks.header.tell(this.#content(place.step, hues, status, pipeline));
  }

  #content(
    step: Step,
    hues: ReadonlyMap<string, number>,
    status: StepStatus | undefined,
    pipeline: Pipeline
  ): HeaderContent {
    const reads = [
      ...new Set(pipeline.edges.filter(edge => edge.to === step.name).flatMap(edge => edge.names.map(one => one.name)))
    ];
    const about = [
      this.trans._n('%1 cell', '%1 cells', step.cells.length),
      ...(reads.length === 0 ? [] : [this.trans.__('reads %1', listed(reads))])
    ];
    const { cpu, memory, gpu } = step.settings;
    if (gpu !== undefined) about.push(this.trans.__('%1 GPU', gpu));
    if (cpu !== undefined) about.push(this.trans.__('%1 CPU', cpu));
    if (memory !== undefined) about.push(bytes(memory));
    return {
      name: step.name,
      hue: hues.get(step.name) ?? 0,
      proposed: pipeline.notebook.split === 'proposed',
      about: about.join(' · '),
      state: status === undefined ? null : shownState(status, this.trans),
      title: status?.reason?.message ?? status?.cache?.why.join('\n') ?? ''
    };
  }

  #failure(cell: Cell, status: StepStatus | undefined): void {
    const marks = this.#of(cell);
    const error = status?.state === 'failed' && status.error?.cell === cell.model.id ? status.error : null;
    if (error === null) {
      marks.failure?.dispose();
      marks.failure = null;
      return;
    }
    if (marks.failure === null || marks.failure.isDisposed) {
      marks.failure = new Failure(this.pipeline.panel.content.rendermime, this.trans);
      (cell.layout as PanelLayout).addWidget(marks.failure);
    }
    marks.failure.tell(error, cell.model.sharedModel.getSource());
  }

  /** Null when it is done, else why not. */
  #rename(from: string, to: string): string | null {
    const shared = this.pipeline.panel.model!.sharedModel;
    switch (badName(to)) {
      case 'empty':
        return this.trans.__('A step needs a name.');
      case 'long':
        return this.trans.__('At most 100 characters.');
      case 'control':
        return this.trans.__('Control characters cannot be in a name.');
    }
    if (this.pipeline.pipeline?.steps.some(step => step.name === to))
      return this.trans.__('There is a step %1 already. To join the two, merge them.', to);
    this.hues.rename(from, to);
    applyTags(shared, renameStep(taggedCells(shared), from, to));
    return null;
  }

  #of(cell: Cell): Marks {
    let marks = this.#marks.get(cell);
    if (marks === undefined) this.#marks.set(cell, (marks = { header: null, failure: null }));
    return marks;
  }
}

interface Place {
  readonly step: Step;
  readonly first: boolean;
}

function cellPlaces({ steps, setup }: Pipeline): ReadonlyMap<string, Place> {
  return new Map(
    [...setup, ...steps].flatMap(step => step.cells.map((cell, at) => [cell.id, { step, first: at === 0 }] as const))
  );
}

function listed(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 3).join(', ')} +${names.length - 3}`;
}

function bytes(many: number): string {
  const unit = many >= 2 ** 30 ? (['Gi', 2 ** 30] as const) : (['Mi', 2 ** 20] as const);
  return `${Math.round((many / unit[1]) * 10) / 10} ${unit[0]}`;
}
