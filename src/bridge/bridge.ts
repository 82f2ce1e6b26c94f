import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import { ApiError, Client, type Received, type Sent } from '@cellway/core/api/client';
import type { StreamEvent } from '@cellway/core/api/http';
import { messagesOf } from './event-stream';
import { ROUTES } from './routes';
import type { Health, IBridge } from './token';

/** Milliseconds before a broken stream is opened again, doubled each time up to the second. */
const [SOON, LATE] = [500, 15_000];

/** JupyterLab's own `no-store` writes the time into the query, which the bridge does not know. */
const FRESH: RequestInit = { cache: 'no-cache' };

export class Bridge implements IBridge {
  readonly client: Client;
  #health: Health = { kind: 'idle' };
  readonly #healthChanged = new Signal<IBridge, Health>(this);
  readonly #events = new Signal<IBridge, StreamEvent>(this);
  readonly #reset = new Signal<IBridge, void>(this);
  #listening = false;

  constructor(private readonly settings: ServerConnection.ISettings) {
    this.client = new Client(request => this.#send(request), ROUTES, '/api/v1');
  }

  get health(): Health {
    return this.#health;
  }

  get healthChanged(): ISignal<IBridge, Health> {
    return this.#healthChanged;
  }

  get events(): ISignal<IBridge, StreamEvent> {
    return this.#events;
  }

  get reset(): ISignal<IBridge, void> {
    return this.#reset;
  }

  async where(path: string): Promise<string | null> {
    const url = `${URLExt.join(this.settings.baseUrl, 'cellway/where')}?path=${encodeURIComponent(path)}`;
    const response = await ServerConnection.makeRequest(url, FRESH, this.settings);
    if (!response.ok) throw await ServerConnection.ResponseError.create(response);
    const { path: found } = (await response.json()) as { readonly path?: unknown };
    return typeof found === 'string' ? found : null;
  }

  listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    void this.#follow();
  }

  async #follow(): Promise<void> {
    let position: string | null = null;
    for (let wait = SOON; ; ) {
      if (this.#health.kind === 'idle') this.#tell({ kind: 'connecting' });
      try {
        const response = await this.#open(position);
        if (response.ok && response.body !== null) {
          this.#tell({ kind: 'online' });
          // What happened before the stream was there is not on it.
          if (position === null) this.#reset.emit();
          wait = SOON;
          for await (const { id, event, data } of messagesOf(response.body)) {
            if (event === 'reset') this.#reset.emit();
            else if (event === 'run-event') this.#events.emit(JSON.parse(data) as StreamEvent);
            position = id ?? position;
          }
        } else {
          this.#tell(offline(await response.text()));
        }
      } catch (error) {
        this.#tell({ kind: 'offline', detail: error instanceof Error ? error.message : String(error) });
      }
      await new Promise(resolve => setTimeout(resolve, wait));
      wait = Math.min(2 * wait, LATE);
    }
  }

  #open(position: string | null): Promise<Response> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (position !== null) headers['last-event-id'] = position;
    return ServerConnection.makeRequest(this.#url('/api/v1/events'), { ...FRESH, headers }, this.settings);
  }

  async #send({ method, path, headers, body }: Sent): Promise<Received> {
    const response = await ServerConnection.makeRequest(
      this.#url(path),
      { ...FRESH, method, headers: { ...headers }, ...(body === undefined ? {} : { body }) },
      this.settings
    );
    const text = await response.text();
    if (response.status === 502 || response.status === 503) this.#tell(offline(text));
    else this.#tell({ kind: 'online' });
    return { status: response.status, headers: Object.fromEntries(response.headers.entries()), text };
  }

  #url(path: string): string {
    // Not by URLExt.join: it would write `%2F` in a step's name anew.
    return `${URLExt.join(this.settings.baseUrl, 'cellway')}${path}`;
  }

  #tell(health: Health): void {
    if (JSON.stringify(health) === JSON.stringify(this.#health)) return;
    this.#health = health;
    this.#healthChanged.emit(health);
  }
}

function offline(text: string): Health {
  try {
    const { detail, fix } = JSON.parse(text) as { readonly detail?: unknown; readonly fix?: unknown };
    if (typeof detail === 'string')
      return { kind: 'offline', detail, ...(typeof fix === 'string' && fix !== '' ? { fix } : {}) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { kind: 'offline', detail: text.slice(0, 300) || 'The Jupyter server does not answer.' };
}

/** What a failed question says to a user. */
export function explained(error: unknown): { readonly detail: string; readonly fix?: string } {
  if (error instanceof ApiError) {
    const { detail, fix } = error.problem;
    return { detail, ...(fix === undefined ? {} : { fix }) };
  }
  return { detail: error instanceof Error ? error.message : String(error) };
}
