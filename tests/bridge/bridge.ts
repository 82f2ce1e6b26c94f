/** A real bridge on a scratch data folder, and requests to it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Place, readPlace } from '../../server-bridge/service/place';
import { type Row, Scratch } from '../cli/command';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it.
  readonly body: any;
}

export class TestBridge extends Scratch {
  #process: ChildProcess | null = null;
  /** What it has logged since it was started. */
  log = '';

  get place(): Place {
    return readPlace(this.data)!;
  }

  get pid(): number {
    return this.place.pid;
  }

  /** Starts `cellway serve` and waits until it answers. */
  async serve(args: readonly string[] = []): Promise<void> {
    const child = this.start(['serve', '--data', this.data, ...args]);
    this.#process = child;
    this.log = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', part => {
        this.log += String(part);
        if (this.log.includes('"serving"')) resolve();
      });
      child.once('exit', () => reject(new Error(`the bridge did not start: ${this.log}`)));
    });
  }

  /** Ends it as a crash does. */
  async crash(): Promise<void> {
    const child = this.#process!;
    const gone = once(child, 'exit');
    process.kill(this.pid, 'SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  url(path: string): string {
    const { address } = this.place;
    if (address.kind !== 'tcp') throw new Error('not on a port');
    return `http://${address.host}:${address.port}${path}`;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.place.token}`, ...(init.headers as Record<string, string>) };
    return fetch(this.url(path), { ...init, headers });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await this.fetch(`/api/v1${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  /** Starts a run of a notebook; its id. */
  async runNotebook(rows: readonly Row[], more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const name = this.notebook('work.ipynb', rows);
    const made = await this.call('POST', '/runs', { notebook: { path: `${this.folder}/${name}` }, ...more });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body.id;
  }

  /** Waits for the end of a run; the run. */
  async ended(id: string): Promise<Reply['body']> {
    for (;;) {
      const { body } = await this.call('GET', `/runs/${id}`);
      if (!['created', 'started'].includes(body.state)) return body;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}
