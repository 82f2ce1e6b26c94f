import { isAbsolute } from 'node:path';
import type { Operations, OutputOf } from '@cellway/core/api/http';
import type { PipelineContext } from '@cellway/core/pipeline';
import type { FastifyInstance } from 'fastify';
import type { Bridge } from '../../service/bridge';
import type { CompileAnswer } from '../../service/compile';
import { serve } from '../operation';
import { ApiProblem } from '../problem';

export function pipelineRoutes(app: FastifyInstance, bridge: Bridge): void {
  serve(app, 'compile', async ({ body }) => {
    const { notebook, name, eachCell, context } = body;
    const known: PipelineContext | undefined = context && {
      python: (context.python as PipelineContext['python'] | undefined) ?? [3, 11],
      stars: context.stars ?? {},
      local: context.local ?? [],
      ...(context.evidence === undefined ? {} : { evidence: context.evidence as PipelineContext['evidence'] })
    };
    const answer = await bridge.compiler.ask({ content: notebook ?? null, name, eachCell, context: known });
    if (answer.kind !== 'derivation') throw noPipeline(answer);
    return answer.derivation.pipeline;
  });
  serve(app, 'context', async ({ body: { notebook } }) => {
    if (!isAbsolute(notebook.path)) throw new ApiProblem(422, 'path-relative', `${notebook.path} is not absolute.`);
    const answer = await bridge.compiler.ask({ ...notebook, only: 'context' });
    if (answer.kind !== 'context') throw noPipeline(answer);
    return answer.context as OutputOf<Operations['context']>;
  });
}

/** 422: well-formed JSON, but no notebook that could be a pipeline. */
export function noPipeline(answer: CompileAnswer): ApiProblem {
  switch (answer.kind) {
    case 'no-notebook': {
      const [first] = answer.problems;
      const errors = answer.problems.map(problem => ({
        at: problem.field ?? (problem.at === undefined ? 'notebook' : `line ${problem.at.line}`),
        message: problem.message
      }));
      const fix = first?.fix === undefined ? {} : { fix: first.fix };
      return new ApiProblem(422, first?.code ?? 'notebook', errors.map(({ message }) => message).join(' '), {
        errors,
        ...fix
      });
    }
    case 'unreadable':
      return new ApiProblem(
        422,
        'notebook-unreadable',
        answer.message,
        answer.fix === undefined ? {} : { fix: answer.fix }
      );
    default:
      return new ApiProblem(
        422,
        'notebook-too-complex',
        'message' in answer ? answer.message : 'It could not be analysed.'
      );
  }
}
