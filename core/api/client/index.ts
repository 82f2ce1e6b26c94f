/** A typed client of the bridge's operations, over whatever carries requests (Node's http, JupyterLab's connection). */
import type { InputOf, OperationName, Operations, OutputOf } from '../http';
import type { ProblemDetails } from '../resources';

export interface Sent {
  readonly method: string;
  /** With the API's prefix, and the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

export type Transport = (request: Sent) => Promise<Received>;

/** Where an operation is: method and path with `{parameters}`. The table is not loaded where only types are needed. */
export type Routes = Readonly<Record<OperationName, { readonly method: string; readonly path: string }>>;

/** What the bridge answered instead of what was asked for. */
export class ApiError extends Error {
  constructor(readonly problem: ProblemDetails) {
    super(problem.detail);
  }
}

export type Given<O extends Operations[OperationName]> = {
  readonly [K in keyof InputOf<O> as InputOf<O>[K] extends undefined ? never : K]: InputOf<O>[K];
} & { readonly headers?: Readonly<Record<string, string>> };

export class Client {
  constructor(
    private readonly transport: Transport,
    private readonly routes: Routes,
    private readonly prefix: string
  ) {}

  async call<N extends OperationName>(name: N, given: Given<Operations[N]>): Promise<OutputOf<Operations[N]>> {
    const received = await this.send(name, given);
    return (received.text === '' ? undefined : JSON.parse(received.text)) as OutputOf<Operations[N]>;
  }

  /** The answer as it came; problems are thrown. */
  async send<N extends OperationName>(name: N, given: Given<Operations[N]>): Promise<Received> {
    const { method } = this.routes[name];
    const { body, headers = {} } = given as { readonly body?: unknown; readonly headers?: Record<string, string> };
    const received = await this.transport({
      method,
      path: this.path(name, given),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    });
    if (received.status >= 400) throw new ApiError(problemOf(received));
    return received;
  }

  path<N extends OperationName>(name: N, given: Given<Operations[N]>): string {
    const { params = {}, query = {} } = given as unknown as Record<'params' | 'query', Record<string, unknown>>;
    const path = this.routes[name].path.replace(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(String(params[key]))
    );
    const pairs = Object.entries(query).flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value])
        .filter(one => one !== undefined)
        .map(one => `${encodeURIComponent(key)}=${encodeURIComponent(String(one))}`)
    );
    return `${this.prefix}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
  }
}

function problemOf({ status, text }: Received): ProblemDetails {
  try {
    const value = JSON.parse(text) as ProblemDetails;
    if (typeof value.detail === 'string' && typeof value.code === 'string') return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return {
    type: 'about:blank',
    title: 'Error',
    status,
    code: 'not-the-bridge',
    detail: text.slice(0, 500) || `status ${status}`
  };
}
