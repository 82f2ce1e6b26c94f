import { Worker } from 'node:worker_threads';
import type { Problem } from '@cellway/core/notebook';
import type { Derivation, PipelineContext } from '@cellway/core/pipeline';
import type { KernelPython } from '../engines/local/interpreter';

export interface CompileQuestion {
  /** The data folder: what earlier runs saw is there. */
  readonly data: string;
  /** Absolute path of the notebook's file; with `content` it only says where the notebook stands. */
  readonly path?: string;
  /** The notebook's JSON value. */
  readonly content?: unknown;
  readonly name?: string;
  readonly eachCell?: boolean;
  /** Absent: found out beside `path`. */
  readonly context?: PipelineContext;
  readonly env?: NodeJS.ProcessEnv;
  /** Only what besides the notebook decides. */
  readonly only?: 'context';
}

export type CompileAnswer =
  | {
      readonly kind: 'derivation';
      readonly derivation: Derivation;
      /** The Python that would run it, or why there is none; null where the question gave the context itself. */
      readonly interpreter: KernelPython['interpreter'] | null;
      /** The notebook as strict JSON. */
      readonly text: string;
    }
  | { readonly kind: 'context'; readonly context: PipelineContext }
  | { readonly kind: 'no-notebook'; readonly problems: readonly Problem[] }
  | { readonly kind: 'unreadable'; readonly message: string; readonly fix?: string }
  | { readonly kind: 'gave-up'; readonly message: string };

/** Milliseconds after which an analysis is given up. */
const PATIENCE = 60_000;

interface Waiting {
  readonly question: CompileQuestion;
  readonly resolve: (answer: CompileAnswer) => void;
}

/** One thread that analyses, started when it is first needed, one question after the other. */
export class Compiler {
  #worker: Worker | null = null;
  readonly #queue: Waiting[] = [];
  #now: (Waiting & { readonly timer: NodeJS.Timeout }) | null = null;

  /** `program`: path of the bundled `compile-worker`. */
  constructor(
    private readonly program: string,
    private readonly data: string
  ) {}

  ask(asked: Omit<CompileQuestion, 'data'>): Promise<CompileAnswer> {
    return new Promise(resolve => {
      this.#queue.push({ question: { ...asked, data: this.data }, resolve });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#now !== null) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    this.#worker ??= this.#start();
    const timer = setTimeout(() => this.#giveUp('The analysis took more than a minute.'), PATIENCE);
    this.#now = { ...waiting, timer };
    this.#worker.ref();
    this.#worker.postMessage(waiting.question);
  }

  #start(): Worker {
    const worker = new Worker(this.program, { resourceLimits: { maxOldGenerationSizeMb: 2048 } });
    worker.on('message', (answer: CompileAnswer) => this.#answer(answer));
    worker.on('error', error => {
      if (this.#worker === worker) this.#giveUp(`The analysis failed: ${error.message}`);
    });
    worker.unref();
    return worker;
  }

  #giveUp(message: string): void {
    void this.#worker?.terminate();
    this.#worker = null;
    this.#answer({ kind: 'gave-up', message });
  }

  #answer(answer: CompileAnswer): void {
    const done = this.#now;
    this.#now = null;
    this.#worker?.unref();
    if (done !== null) {
      clearTimeout(done.timer);
      done.resolve(answer);
    }
    this.#next();
  }
}
