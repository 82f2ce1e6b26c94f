import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Client } from '@cellway/core/api/client';
import type { StreamEvent } from '@cellway/core/api/http';

/**
 * How it stands with the bridge. `idle`: nothing has been asked yet. `offline`: what is asked fails; `detail` and `fix`
 * say why and what to do, in the bridge's or the Jupyter server's words.
 */
export type Health =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  | { readonly kind: 'offline'; readonly detail: string; readonly fix?: string };

/** The bridge, reached through the Jupyter server. */
export interface IBridge {
  readonly client: Client;
  readonly health: Health;
  readonly healthChanged: ISignal<IBridge, Health>;
  /** What happens to runs. Begins when it is first connected to; one stream a page. */
  readonly events: ISignal<IBridge, StreamEvent>;
  /** Something may have been missed: whoever shows a state asks for it anew. */
  readonly reset: ISignal<IBridge, void>;
  /** Opens the stream, if it is not yet open. */
  listen(): void;
  /** Absolute path of a file on the server's disk, null when it is on none. `path` as the contents service has it. */
  where(path: string): Promise<string | null>;
}

export const IBridge = new Token<IBridge>('cellway:IBridge', 'The Cellway bridge, reached through the Jupyter server.');
