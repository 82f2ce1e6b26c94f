/** What the bridge counts, and how `/metrics` shows it: Prometheus' text format, version 0.0.4. */
import { performance } from 'node:perf_hooks';

/** Upper bounds of the histogram of requests, in seconds. */
const BOUNDS = [0.005, 0.02, 0.1, 0.5, 2, 10] as const;

/** What is so at the moment. */
export interface Gauges {
  readonly version: { readonly cellway: string; readonly api: number; readonly store: number };
  readonly openRuns: number;
  readonly streams: number;
  readonly events: number;
  readonly storeBytes: number;
  readonly freeBytes: number;
  readonly ready: boolean;
}

type Labels = Readonly<Record<string, string | number>>;
interface Sample {
  readonly suffix?: string;
  readonly labels?: Labels;
  readonly value: number;
}

/** Numbers by labels. */
class Counts {
  readonly #values = new Map<string, { readonly labels: Labels; value: number }>();

  add(labels: Labels, by = 1): void {
    const key = JSON.stringify(labels);
    const known = this.#values.get(key);
    if (known === undefined) this.#values.set(key, { labels, value: by });
    else known.value += by;
  }

  get samples(): readonly Sample[] {
    return [...this.#values.values()];
  }
}

interface Timed {
  readonly below: number[];
  count: number;
  sum: number;
}

export class Metering {
  readonly #requests = new Counts();
  readonly #problems = new Counts();
  readonly #ended = new Counts();
  readonly #times = new Map<string, Timed>();
  #failures = 0;
  readonly #since = (performance.timeOrigin + performance.now()) / 1000;

  /** A request that was answered; streams are not among them. `operation`: as the OpenAPI page calls it. */
  request(operation: string, method: string, status: number, seconds: number): void {
    this.#requests.add({ operation, method, status });
    let times = this.#times.get(operation);
    if (times === undefined) {
      times = { below: BOUNDS.map(() => 0), count: 0, sum: 0 };
      this.#times.set(operation, times);
    }
    times.count += 1;
    times.sum += seconds;
    for (const [at, bound] of BOUNDS.entries()) if (seconds <= bound) times.below[at]! += 1;
  }

  problem(status: number, code: string): void {
    this.#problems.add({ status, code });
  }

  runEnded(state: string): void {
    this.#ended.add({ state });
  }

  /** What runs wrote could not be taken in; it is tried again. */
  intakeFailed(): void {
    this.#failures += 1;
  }

  text(now: Gauges): string {
    const { user, system } = process.cpuUsage();
    const { cellway, api, store } = now.version;
    return [
      ...family('cellway_build_info', 'gauge', 'The version, as labels.', [
        { labels: { version: cellway, api, store }, value: 1 }
      ]),
      ...gauge('cellway_ready', 'Whether /readyz says ok.', now.ready ? 1 : 0),
      ...family('cellway_requests_total', 'counter', 'Requests that were answered.', this.#requests.samples),
      ...family('cellway_request_seconds', 'histogram', 'Time until a request was answered.', this.#histogram()),
      ...family('cellway_problems_total', 'counter', 'Requests answered with a problem.', this.#problems.samples),
      ...gauge('cellway_streams_open', 'Open event streams.', now.streams),
      ...gauge('cellway_runs_open', 'Runs that have not ended.', now.openRuns),
      ...family('cellway_runs_ended_total', 'counter', 'Runs that ended while the bridge ran.', this.#ended.samples),
      ...counter('cellway_events_total', 'Events that the store has taken in, ever.', now.events),
      ...counter('cellway_intake_failures_total', 'Times that events could not be taken in.', this.#failures),
      ...gauge('cellway_store_bytes', 'Size of the store.', now.storeBytes),
      ...gauge('cellway_data_free_bytes', 'Free space where the data folder is.', now.freeBytes),
      ...gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
      ...counter('process_cpu_seconds_total', 'CPU time.', (user + system) / 1e6),
      ...counter(
        'nodejs_eventloop_busy_seconds_total',
        'Time in which the bridge could not take anything new.',
        performance.eventLoopUtilization().active / 1000
      ),
      ...gauge('process_start_time_seconds', 'Start, seconds since the epoch.', this.#since),
      ''
    ].join('\n');
  }

  #histogram(): readonly Sample[] {
    return [...this.#times].flatMap(([operation, { below, count, sum }]): Sample[] => [
      ...BOUNDS.map((le, at) => ({ suffix: '_bucket', labels: { operation, le }, value: below[at]! })),
      { suffix: '_bucket', labels: { operation, le: '+Inf' }, value: count },
      { suffix: '_sum', labels: { operation }, value: sum },
      { suffix: '_count', labels: { operation }, value: count }
    ]);
  }
}

function family(name: string, type: string, help: string, samples: readonly Sample[]): readonly string[] {
  const rows = samples.map(({ suffix = '', labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, of]) => `${label}=${JSON.stringify(String(of))}`);
    return `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...rows];
}

const gauge = (name: string, help: string, value: number) => family(name, 'gauge', help, [{ value }]);
const counter = (name: string, help: string, value: number) => family(name, 'counter', help, [{ value }]);
