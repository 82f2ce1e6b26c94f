/** Analyses notebooks beside the page, so that typing is never kept waiting. */
import { readNotebook } from '@cellway/core/notebook';
import { Analysis, derive } from '@cellway/core/pipeline';
import type { Answer, Farewell, Question } from './messages';

const analyses = new Map<string, Analysis>();

const page = self as unknown as {
  onmessage: (event: MessageEvent<Question | Farewell>) => void;
  postMessage(answer: Answer): void;
};

page.onmessage = ({ data }) => {
  if ('closed' in data) analyses.delete(data.notebook);
  else page.postMessage(answer(data));
};

function answer({ notebook, number, name, content, context }: Question): Answer {
  const reading = readNotebook(content);
  if (!reading.ok) {
    const [first] = reading.problems;
    return { notebook, number, kind: 'problem', message: first?.message ?? 'It cannot be read.', fix: first?.fix };
  }
  let analysis = analyses.get(notebook);
  if (analysis === undefined) analyses.set(notebook, (analysis = new Analysis()));
  try {
    const { pipeline } = derive(reading.notebook, { name, analysis, ...(context === null ? {} : { context }) });
    return { notebook, number, kind: 'pipeline', pipeline };
  } catch (error) {
    // A bug of ours: the next edit starts from nothing.
    analyses.delete(notebook);
    return { notebook, number, kind: 'problem', message: `The analysis failed: ${String(error)}` };
  }
}
