import { lazy, Suspense, useEffect, useReducer, useState } from 'react';
import type { CommandRegistry } from '@lumino/commands';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import type { Diagnostic, Pipeline } from '@cellway/core/api';
import type { Run, RunSummary } from '@cellway/core/api/http';
import type { Health, IBridge } from '../bridge';
import type { ICells } from '../cells';
import type { INotebookPipeline, IPipelines } from '../pipelines';
import { CommandIDs as Running } from '../runs/commands';
import type { INotebookRuns, IRuns } from '../runs';
import { shownRun, shownState } from '../runs/status';
import { CommandIDs as Tagging } from '../tagging/commands';
import { reveal } from './reveal';

const Graph = lazy(() => import('../graph/graph').then(({ Graph }) => ({ default: Graph })));

export interface Parts {
  readonly bridge: IBridge;
  readonly pipelines: IPipelines;
  readonly runs: IRuns;
  readonly cells: ICells;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** Draws again when a signal is given. */
function useSignal<S, A>(signal: ISignal<S, A> | null | undefined): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (signal == null) return;
    signal.connect(again);
    return () => void signal.disconnect(again);
  }, [signal]);
}

export function Sidebar(parts: Parts): JSX.Element {
  const { pipelines, runs, bridge, trans } = parts;
  useSignal(pipelines.currentChanged);
  useSignal(bridge.healthChanged);
  const current = pipelines.current;
  if (current === null)
    return (
      <p className="jp-Cellway-empty">{trans.__('Open a notebook to see its steps and what flows between them.')}</p>
    );
  return <NotebookView key={current.panel.id} {...parts} current={current} own={runs.of(current.panel)} />;
}

function NotebookView(
  parts: Parts & { readonly current: INotebookPipeline; readonly own: INotebookRuns }
): JSX.Element {
  const { current, own, bridge, commands, trans, cells } = parts;
  const { panel } = current;
  useSignal(current.changed);
  useSignal(own.changed);
  useSignal(panel.content.activeCellChanged);
  const run = own.shown;
  const open = run !== null && (run.state === 'created' || run.state === 'started');
  const { state } = current;
  return (
    <>
      <div className="jp-Cellway-top">
        <b title={panel.context.path}>{panel.context.path.split('/').at(-1)}</b>
        {open ? (
          <Action commands={commands} id={Running.cancel} plain />
        ) : (
          run?.state === 'failed' && <Action commands={commands} id={Running.resume} plain />
        )}
        {!open && <Action commands={commands} id={Running.run} />}
      </div>
      <HealthNote health={bridge.health} trans={trans} />
      {state.kind === 'loading' && <p className="jp-Cellway-empty">{trans.__('Reading the notebook …')}</p>}
      {state.kind === 'problem' && (
        <p className="jp-Cellway-empty" role="alert">
          {state.message} {state.fix}
        </p>
      )}
      {state.kind === 'ready' && (
        <>
          <PipelineSection
            {...parts}
            pipeline={state.pipeline}
            run={run}
            hues={cells.of(panel).hues.assign(state.pipeline.steps.map(step => step.name))}
          />
          <WhyStopped run={run} trans={trans} onPlace={id => reveal(panel, id)} />
          <Problems
            diagnostics={state.pipeline.diagnostics}
            trans={trans}
            onPlace={(id, line) => reveal(panel, id, line)}
          />
        </>
      )}
      <RunList runs={own.recent} shown={run?.id ?? null} trans={trans} onShow={id => void own.show(id)} />
    </>
  );
}

function Action({
  commands,
  id,
  plain
}: {
  readonly commands: CommandRegistry;
  readonly id: string;
  readonly plain?: boolean;
}): JSX.Element {
  return (
    <button
      type="button"
      className={plain ? 'jp-Cellway-button' : 'jp-Cellway-button jp-mod-accept'}
      disabled={!commands.isEnabled(id)}
      title={commands.caption(id)}
      onClick={() => void commands.execute(id)}
    >
      {commands.label(id)}
    </button>
  );
}

function HealthNote({
  health,
  trans
}: {
  readonly health: Health;
  readonly trans: TranslationBundle;
}): JSX.Element | null {
  if (health.kind !== 'offline') return null;
  return (
    <p className="jp-Cellway-offline" role="status">
      {trans.__('No bridge: steps and their graph are there, runs are not.')} {health.detail} {health.fix}
    </p>
  );
}

function PipelineSection({
  pipeline,
  run,
  hues,
  current,
  commands,
  trans
}: Parts & {
  readonly pipeline: Pipeline;
  readonly run: Run | null;
  readonly hues: ReadonlyMap<string, number>;
  readonly current: INotebookPipeline;
}): JSX.Element {
  const { panel } = current;
  const active = panel.content.activeCell?.model.id;
  const step = pipeline.steps.find(one => one.cells.some(cell => cell.id === active))?.name ?? null;
  const states = new Map((run?.steps ?? []).map(one => [one.name, shownState(one, trans)]));
  const proposed = pipeline.notebook.split === 'proposed';
  return (
    <section className="jp-Cellway-pipeline" aria-label={trans.__('Pipeline')}>
      <h3>
        {trans._n('Pipeline · %1 step', 'Pipeline · %1 steps', pipeline.steps.length)}
        {proposed && <em>{trans.__('proposed')}</em>}
      </h3>
      {proposed && pipeline.steps.length > 0 && (
        <p className="jp-Cellway-proposed">
          {trans.__('No cell is tagged. These steps follow headings and dataflow.')}{' '}
          <Action commands={commands} id={Tagging.accept} plain />
        </p>
      )}
      <div className="jp-Cellway-graph">
        <Suspense fallback={null}>
          <Graph
            pipeline={pipeline}
            hues={hues}
            states={states}
            current={step}
            trans={trans}
            onStep={name => {
              const first = pipeline.steps.find(one => one.name === name)?.cells[0];
              if (first !== undefined) reveal(panel, first.id);
            }}
            onEdge={edge => {
              const [flow] = edge.names;
              if (flow !== undefined) reveal(panel, flow.read.id, flow.read.line);
            }}
          />
        </Suspense>
      </div>
    </section>
  );
}

function WhyStopped({
  run,
  trans,
  onPlace
}: {
  readonly run: Run | null;
  readonly trans: TranslationBundle;
  readonly onPlace: (cell: string) => void;
}): JSX.Element | null {
  const failed = (run?.steps ?? []).filter(step => step.state === 'failed' || step.state === 'refused');
  if (run === null || (failed.length === 0 && run.reason === null)) return null;
  return (
    <section className="jp-Cellway-why" aria-label={trans.__('Why it stopped')}>
      <h3>{trans.__('Why it stopped')}</h3>
      {run.reason !== null && (
        <p>
          {run.reason.message} {run.reason.fix}
        </p>
      )}
      {failed.map(step => (
        <p key={step.name}>
          <b>{step.name}</b>{' '}
          {step.error === null
            ? step.reason?.message
            : trans.__(
                '%1 in cell %2, line %3: %4',
                step.error.ename,
                step.error.index ?? '–',
                step.error.line ?? '–',
                step.error.evalue
              )}{' '}
          {step.reason?.fix}
          {step.error?.cell !== undefined && (
            <button type="button" className="jp-Cellway-link" onClick={() => onPlace(step.error!.cell!)}>
              {trans.__('Go to cell')}
            </button>
          )}
        </p>
      ))}
    </section>
  );
}

const FIRST = 50;

function Problems({
  diagnostics,
  trans,
  onPlace
}: {
  readonly diagnostics: readonly Diagnostic[];
  readonly trans: TranslationBundle;
  readonly onPlace: (cell: string, line: number) => void;
}): JSX.Element | null {
  const [all, setAll] = useState(false);
  if (diagnostics.length === 0) return null;
  const shown = all ? diagnostics : diagnostics.slice(0, FIRST);
  return (
    <section className="jp-Cellway-problems" aria-label={trans.__('Problems')}>
      <h3>{trans.__('Problems · %1', diagnostics.length)}</h3>
      <ul>
        {shown.map(one => (
          <li key={JSON.stringify([one.code, one.range, one.message])} data-severity={one.severity}>
            {one.range !== undefined && (
              <button type="button" className="jp-Cellway-link" onClick={() => onPlace(one.range!.id, one.range!.line)}>
                {trans.__('cell %1, line %2', one.range.cell, one.range.line)}
              </button>
            )}{' '}
            {one.message}
          </li>
        ))}
      </ul>
      {shown.length < diagnostics.length && (
        <button type="button" className="jp-Cellway-link" onClick={() => setAll(true)}>
          {trans.__('Show all %1', diagnostics.length)}
        </button>
      )}
    </section>
  );
}

function RunList({
  runs,
  shown,
  trans,
  onShow
}: {
  readonly runs: readonly RunSummary[];
  readonly shown: string | null;
  readonly trans: TranslationBundle;
  readonly onShow: (run: string) => void;
}): JSX.Element {
  return (
    <section className="jp-Cellway-runs" aria-label={trans.__('Runs')}>
      <h3>{trans.__('Runs')}</h3>
      {runs.length === 0 && (
        <p className="jp-Cellway-empty">{trans.__('This notebook has not been run as a pipeline yet.')}</p>
      )}
      <ul>
        {runs.map(run => {
          const { sign, tone, text } = shownRun(run, trans);
          const [name, value] = Object.entries(run.metrics)[0] ?? [];
          return (
            <li key={run.id}>
              <button type="button" aria-current={run.id === shown} onClick={() => onShow(run.id)}>
                <span data-tone={tone} aria-hidden="true">
                  {sign}
                </span>
                <b>{run.name}</b>
                <span title={new Date(run.created * 1000).toLocaleString()}>
                  {new Date(run.created * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })} · {text}
                </span>
                {name !== undefined && (
                  <span className="jp-Cellway-metric">
                    {name} {typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
