import type { Answer, Farewell, Question } from './messages';

/** The one worker that analyses all notebooks of the page; started when it is first asked. */
export class Analyser {
  #worker: Worker | null = null;
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  ask(question: Question): Promise<Answer> {
    this.#worker ??= this.#start();
    return new Promise(resolve => {
      this.#waiting.set(keyOf(question), resolve);
      this.#worker!.postMessage(question);
    });
  }

  forget(notebook: string): void {
    this.#worker?.postMessage({ notebook, closed: true } satisfies Farewell);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const resolve = this.#waiting.get(keyOf(data));
      this.#waiting.delete(keyOf(data));
      resolve?.(data);
    };
    worker.onerror = event => {
      event.preventDefault();
      // Whoever waits is told; the next question gets a worker of its own.
      this.#worker = null;
      worker.terminate();
      const message = `The analysis could not be loaded: ${event.message ?? 'the script cannot be had'}`;
      for (const [key, resolve] of this.#waiting) {
        const [notebook, number] = JSON.parse(key) as [string, number];
        resolve({ notebook, number, kind: 'problem', message, fix: 'Reload the page.' });
      }
      this.#waiting.clear();
    };
    return worker;
  }
}

const keyOf = ({ notebook, number }: { readonly notebook: string; readonly number: number }): string =>
  JSON.stringify([notebook, number]);
