import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Parameter, Pipeline, Step } from '@cellway/core/api';
import { createRun, followEvents, isFinal, paths, type Run, type RunEvent, type RunRequest } from '../../../runs';
import { directInterpreter } from '../interpreter';
import { supervise } from '../supervise';

export const checkout = resolve(__dirname, '../../../..');
/** The Python that runs the steps; `npm run test:pythons` names others. */
export const python = process.env.CELLWAY_TEST_PYTHON ?? join(checkout, '.venv', 'bin', 'python');

/** A step as a test writes it: cells' code, and what differs from a step that takes and gives nothing. */
export interface Draft extends Partial<Omit<Step, 'cells' | 'inputs' | 'ambient'>> {
  readonly name: string;
  readonly code: readonly string[];
  /** `name@step`. */
  readonly takes?: readonly string[];
  /** `slot@step`. */
  readonly loads?: readonly string[];
  readonly changes?: readonly string[];
  readonly sets?: readonly string[];
}

export interface Built {
  readonly pipeline: Pipeline;
  readonly cells: RunRequest['cells'];
  readonly text: string;
}

const split = (text: string) => text.split('@') as [string, string];

/** A pipeline written by hand, with the notebook that it stands for: the cells in the order of the drafts. */
export function build(drafts: readonly Draft[], parameters: readonly Parameter[] = []): Built {
  const cells: { index: number; id: string; source: string }[] = [];
  const steps = drafts.map((draft): Step => {
    const { code, takes = [], loads = [], changes = [], sets = [], ...rest } = draft;
    const own = code.map(source => {
      const cell = { index: cells.length + 1, id: `c${cells.length + 1}`, source };
      cells.push(cell);
      return { index: cell.index, id: cell.id };
    });
    const inputs = takes.map(split).map(([name, from]) => ({ name, from }));
    return {
      id: draft.name,
      kind: 'step',
      metrics: [],
      mayRaise: [],
      needs: [
        ...new Set(
          inputs.map(input => input.from).filter(from => drafts.find(one => one.name === from)?.kind !== 'setup')
        )
      ],
      replay: [],
      parameters: [],
      outputs: [],
      files: { reads: [], writes: [] },
      dynamic: false,
      imports: [],
      uncacheable: [],
      settings: {},
      ...rest,
      cells: own,
      inputs,
      ambient: { loads: loads.map(split).map(([slot, from]) => ({ slot, from })), changes, sets }
    };
  });
  const pipeline: Pipeline = {
    schema: 'cellway.pipeline/1',
    name: 'made',
    notebook: { digest: '', kernel: null, split: 'tags' },
    context: '',
    parameters,
    setup: steps.filter(step => step.kind === 'setup'),
    steps: steps.filter(step => step.kind === 'step'),
    edges: [],
    diagnostics: []
  };
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      { cell_type: 'markdown', id: 'm', metadata: {}, source: '# Made' },
      ...cells.map(cell => ({
        cell_type: 'code',
        id: cell.id,
        metadata: {},
        source: cell.source,
        execution_count: 99,
        outputs: []
      }))
    ]
  };
  return { pipeline, cells, text: JSON.stringify(notebook) };
}

/** A folder with a notebook and a data folder, gone after the tests. */
export class Bench {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'cellway-test-')));
  readonly notebooks = join(this.folder, 'notebooks');
  readonly data = join(this.folder, 'data');

  constructor() {
    mkdirSync(this.notebooks);
  }

  file(path: string, text: string): void {
    mkdirSync(dirname(join(this.notebooks, path)), { recursive: true });
    writeFileSync(join(this.notebooks, path), text);
  }

  request(built: Built, more: Partial<RunRequest> = {}): RunRequest {
    const path = join(this.notebooks, 'made.ipynb');
    writeFileSync(path, built.text);
    return {
      pipeline: built.pipeline,
      cells: built.cells,
      notebook: { path, text: built.text },
      interpreter: directInterpreter(python),
      data: this.data,
      runtime: checkout,
      ...more
    };
  }

  create(built: Built, more: Partial<RunRequest> = {}): ReturnType<typeof createRun> {
    return createRun(this.request(built, more));
  }

  async run(built: Built, more: Partial<RunRequest> = {}, patience?: number): Promise<Ran> {
    const run = await this.create(built, more);
    if (run.kind === 'refused') throw new Error(run.reason.message);
    const [events] = await Promise.all([collect(run), supervise(run.folder, patience)]);
    return new Ran(run, events);
  }

  /** Ids of the runs that there are. */
  runs(): readonly string[] {
    const folder = join(this.data, 'runs');
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function collect(run: Run): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of followEvents(run)) events.push(event);
  return events;
}

/** A run that has ended. */
export class Ran {
  constructor(
    readonly run: Run,
    readonly events: readonly RunEvent[]
  ) {}

  get end() {
    const event = this.events.at(-1)!;
    if (event.type !== 'run' || !isFinal(event)) throw new Error('no final event');
    return event;
  }

  step(name: string) {
    const event = this.events.findLast(one => one.type === 'step' && one.step === name);
    if (event?.type !== 'step') throw new Error(`no event of ${name}`);
    return event;
  }

  /** Why the step ran or did not, as the cache says. */
  why(name: string): string {
    const event = this.events.findLast(
      one => one.type === 'step' && one.step === name && 'cache' in one && one.cache !== undefined
    );
    return event?.type === 'step' && 'cache' in event ? (event.cache?.why.join('; ') ?? '') : '';
  }

  notebook(): {
    cells: { execution_count: number | null; outputs: { output_type: string; text?: string | string[] }[] }[];
  } {
    return JSON.parse(readFileSync(paths.notebook(this.run.folder), 'utf8'));
  }

  /** stdout of a code cell (1-based) in the run's notebook. */
  printed(index: number): string {
    const cell = this.notebook().cells.slice(1)[index - 1]!;
    return cell.outputs.flatMap(output => (output.output_type === 'stream' ? [output.text ?? ''].flat() : [])).join('');
  }
}
