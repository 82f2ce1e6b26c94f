import type { ProblemDetails } from '@cellway/core/api/http';
import type { Refusal } from '../runs/refusal';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  422: 'Unprocessable content',
  429: 'Too many requests',
  431: 'Request header fields too large',
  500: 'Internal error',
  503: 'Service unavailable'
};

export const PROBLEM_TYPE = 'application/problem+json';

/** An error that a caller can act on: RFC 9457. `code` is stable. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly more: Partial<Pick<ProblemDetails, 'fix' | 'errors' | 'reason' | 'missing' | 'diagnostics'>> = {},
    readonly headers: Readonly<Record<string, string>> = {}
  ) {
    super(detail);
  }

  get details(): ProblemDetails {
    return {
      type: `urn:cellway:problem:${this.code}`,
      title: TITLES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      code: this.code,
      ...this.more
    };
  }
}

export function notFound(what: string, id: string): ApiProblem {
  return new ApiProblem(404, `${what.replaceAll(' ', '-')}-unknown`, `There is no ${what} '${id.slice(0, 200)}'.`);
}

export function refusal(status: number, { reason, missing }: Refusal): ApiProblem {
  const { fix } = reason;
  return new ApiProblem(status, reason.code, reason.message, {
    reason,
    ...(fix === undefined ? {} : { fix }),
    ...(missing === undefined ? {} : { missing })
  });
}
