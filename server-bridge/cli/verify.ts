import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Json } from '@cellway/core/api';
import { readJson } from '@cellway/core/notebook';
import { readReport } from '../engines/local/report';
import { WorkingCopy } from '../engines/local/workcopy';
import {
  cancelRun,
  createRun,
  followEvents,
  optionsFrom,
  paths,
  type Refusal,
  type Run,
  type RunFile,
  readRunFile,
  startSupervisor
} from '../runs';
import type { Settings } from '../settings';
import { readArguments } from './arguments';
import { refusedBy } from './bridge';
import { EXIT, Stop } from './exit';
import { type Opened, openNotebook } from './open';
import { runPython } from './python';
import { parameterValues, refuseErrors } from './prepare';
import { settingsOf } from './settings';
import { style, type Style } from './terminal';
import { type Answer, type Row, verdict } from './verdict';
import { watchRun } from './watch';

/**
 * `cellway verify`: the notebook twice in a Jupyter kernel of its own, then as a pipeline, all in copies of its folder
 * with the same hash seed and thread counts; each cell's outputs and each variable at the end are compared.
 */
export async function verify(args: readonly string[]): Promise<number> {
  const given = readArguments('verify', args, ['parameter', 'each-cell', 'data', 'parallel', 'memory'], 'notebook');
  const settings = await settingsOf(given);
  const opened = openNotebook(given.notebook, given.flags.has('each-cell'), settings.data);
  refuseErrors(opened);
  const parameters = parameterValues(given, opened);
  const made = await makeRun(opened, parameters, settings);
  if (made.kind === 'refused') throw refusedBy(made.reason);
  const run = readRunFile(made.folder);
  const marks = style(process.stdout);

  const references = [1, 2].map(n => join(made.folder, 'verify', `notebook-${n}`));
  process.stdout.write(marks.dim('The notebook, twice in a kernel …\n'));
  // One after the other: side by side the threads of numeric libraries would get in each other's way.
  for (const folder of references) await reference(run, folder);
  process.stdout.write(marks.dim('Its pipeline …\n'));
  startSupervisor(made);
  const watched = { run: made, events: followEvents(made), cancel: () => void cancelRun(made) };
  const code = await watchRun(watched, opened, false);
  if (code === EXIT.refused || code === EXIT.cancelled) return code;

  const answer = await compare(made, run, references);
  const same = verdict(answer, code === EXIT.failed);
  process.stdout.write(report(answer, same, marks));
  return same ? EXIT.ok : EXIT.failed;
}

/** A run of its own, outside the bridge: what it keeps for the comparison is nothing that others start. */
async function makeRun(
  opened: Opened,
  parameters: Readonly<Record<string, Json>>,
  settings: Settings
): Promise<Run | Refusal> {
  const { interpreter } = opened;
  if ('kind' in interpreter) return interpreter;
  const { pipeline, cells, definitions } = opened.derivation;
  const notebook = { path: resolve(opened.path), text: jsonText(opened.path) };
  const { data } = settings;
  const options = { ...optionsFrom(settings), cache: false, all: true };
  return createRun({ pipeline, notebook, cells, definitions, parameters, interpreter, data, options });
}

/** The notebook's text as strict JSON: what Jupyter tolerates (`NaN`, a byte order mark) is put right. */
function jsonText(path: string): string {
  const json = readJson(readFileSync(path, 'utf8'));
  if (!json.ok) {
    throw new Stop(EXIT.badInput, `${path} changed while it was read: ${json.problem.message}`);
  }
  return json.text;
}

async function reference(run: RunFile, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const work = join(folder, 'work');
  const refused = await new WorkingCopy(work, run.notebook.folder, [run.data]).ensure();
  if (refused !== null) throw new Stop(EXIT.refused, refused.reason.message, refused.reason.fix);
  const spec = join(folder, 'spec.json');
  const inject = run.pipeline.parameters.filter(parameter => run.given[parameter.name] !== undefined);
  const mayRaise = new Set([...run.pipeline.setup, ...run.pipeline.steps].flatMap(step => step.mayRaise));
  writeFileSync(
    spec,
    JSON.stringify({
      cells: run.cells.map(cell => ({ ...cell, may_raise: mayRaise.has(cell.id) })),
      inject: run.given,
      inject_after: inject[0]?.position.id ?? null,
      workdir: work,
      environment: { ...run.environment, ...run.interpreter.env },
      folder,
      argv: run.interpreter.argv
    })
  );
  await runPython(run, ['-m', 'cellway.verify', 'reference', spec]);
}

async function compare(made: Run, run: RunFile, references: readonly string[]): Promise<Answer> {
  const nodes = [...run.pipeline.setup, ...run.pipeline.steps].sort((a, b) => a.cells[0]!.index - b.cells[0]!.index);
  const variables: Record<string, { artifact: string; step: string }> = {};
  const missing: Record<string, string> = {};
  const cells: string[] = [];
  for (const node of nodes) {
    const folder = lastAttempt(made, node.id);
    const result = folder === null ? null : readReport(folder);
    if (folder === null || result === null) continue;
    cells.push(join(folder, 'cells.json'));
    for (const { name, why } of result.missing) {
      delete variables[name];
      missing[name] = why;
    }
    for (const name of result.unbound) if (node.inputs.some(input => input.name === name)) delete variables[name];
    for (const row of result.artifacts) {
      for (const name of row.names) variables[name] = { artifact: join(folder, row.path), step: node.name };
    }
  }
  const answer = join(made.folder, 'verify', 'answer.json');
  const spec = join(made.folder, 'verify', 'compare.json');
  const definitions = paths.definitions(made.folder);
  writeFileSync(spec, JSON.stringify({ references, cells, variables, missing, definitions, answer }));
  await runPython(run, ['-m', 'cellway.verify', 'compare', spec]);
  return JSON.parse(readFileSync(answer, 'utf8')) as Answer;
}

function lastAttempt(made: Run, id: string): string | null {
  let found: string | null = null;
  for (let n = 1; ; n++) {
    const folder = paths.attempt(made.folder, id, n);
    if (readReport(folder) === null) return found;
    found = folder;
  }
}

/** The last line. A notebook that fails is as good as its pipeline, but nobody should take that for success. */
function conclusion(answer: Answer, same: boolean, marks: Style): string {
  if (!same) return marks.red('The pipeline does not give what the notebook gives.');
  if (answer.failed !== null)
    return marks.yellow(
      `Both fail alike: THE NOTEBOOK ITSELF FAILS at cell ${answer.failed.index}; what comes after it is not compared.`
    );
  return marks.green('The pipeline gives what the notebook gives.');
}

function report(answer: Answer, same: boolean, marks: Style): string {
  const lines = [''];
  const count = (rows: readonly Row[]): string => {
    const of = (grade: string): number => rows.filter(row => row.grade === grade && !row.varies).length;
    const varies = rows.filter(row => row.varies).length;
    const parts = [
      `${of('identical')} identical`,
      `${of('rounding')} equal to rounding`,
      `${of('different')} different`
    ];
    return [...parts, ...(varies > 0 ? [`${varies} that differ by themselves`] : [])].join(', ');
  };
  // Where the notebook stops, the step that failed has left no variables to compare.
  const judged: readonly Row[] = answer.failed === null ? [...answer.cells, ...answer.variables] : answer.cells;
  for (const row of judged) {
    if (row.grade === 'identical') continue;
    const what =
      'index' in row ? `cell ${row.index}` : `${row.name}${row.where}${row.step === null ? '' : ` (step ${row.step})`}`;
    const where = 'index' in row && row.where !== '' ? `, ${row.where}` : '';
    const grade = row.varies ? 'differs by itself' : row.grade === 'rounding' ? 'equal to rounding' : 'different';
    const mark = row.varies ? marks.dim : row.grade === 'rounding' ? marks.yellow : marks.red;
    lines.push(`${mark(grade)}  ${what}${where}: ${row.what}`);
  }
  for (const note of answer.notes) lines.push(marks.dim(`not compared  ${note}`));
  if (answer.failed !== null) {
    lines.push(
      `The notebook itself stops at cell ${answer.failed.index}: ${answer.failed.ename}: ${answer.failed.evalue}`
    );
  }
  lines.push(`cells      ${count(answer.cells)}`);
  if (answer.failed === null) lines.push(`variables  ${count(answer.variables)}`);
  lines.push(conclusion(answer, same, marks));
  return `${lines.join('\n')}\n`;
}
