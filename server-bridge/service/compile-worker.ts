/** Analyses notebooks in a thread of its own: a large or hostile one must not keep the bridge from answering. */
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { readJson, readNotebook } from '@cellway/core/notebook';
import { DEFAULT_CONTEXT, derive, type PipelineContext } from '@cellway/core/pipeline';
import { contextOf } from '../cli/context';
import { kernelPython } from '../engines/local/interpreter';
import { Stop } from '../cli/exit';
import { readBytes } from '../cli/open';
import type { CompileAnswer, CompileQuestion } from './compile';

parentPort!.on('message', (question: CompileQuestion) => parentPort!.postMessage(answer(question)));

function answer(question: CompileQuestion): CompileAnswer {
  const { path } = question;
  try {
    const text = question.content === undefined ? readBytes(path!).toString('utf8') : null;
    const reading = readNotebook(text ?? question.content);
    if (!reading.ok) return { kind: 'no-notebook', problems: reading.problems };
    const { notebook } = reading;
    const name = question.name ?? (path === undefined ? 'notebook' : basename(path).replace(/\.ipynb$/i, ''));
    const kernel =
      question.context !== undefined || path === undefined ? null : kernelPython(notebook.kernel, question.env);
    const context: PipelineContext | undefined =
      kernel === null ? question.context : contextOf(path!, notebook, question.data, kernel.version);
    if (question.only === 'context') return { kind: 'context', context: context ?? DEFAULT_CONTEXT };
    const derivation = derive(notebook, { name, eachCell: question.eachCell ?? false, context });
    const json = text === null ? null : readJson(text);
    const kept = json === null ? JSON.stringify(question.content) : json.ok ? json.text : '';
    return { kind: 'derivation', derivation, interpreter: kernel?.interpreter ?? null, text: kept };
  } catch (error) {
    if (error instanceof Stop) return { kind: 'unreadable', message: error.message, fix: error.fix };
    throw error;
  }
}
