/** What `/metrics` shows, in Prometheus' text format (version 0.0.4). */
export class Metering {
  #requests = 0;
  readonly #problems = new Map<number, number>();
  readonly #since = Date.now() / 1000;

  request(): void {
    this.#requests += 1;
  }

  problem(status: number): void {
    this.#problems.set(status, (this.#problems.get(status) ?? 0) + 1);
  }

  text(gauges: { readonly openRuns: number; readonly streams: number; readonly events: number }): string {
    const memory = process.memoryUsage();
    const rows: [name: string, type: string, help: string, values: [labels: string, value: number][]][] = [
      ['cellway_requests_total', 'counter', 'Requests.', [['', this.#requests]]],
      [
        'cellway_problems_total',
        'counter',
        'Requests answered with a problem, by status.',
        [...this.#problems].map(([status, count]) => [`{status="${status}"}`, count])
      ],
      ['cellway_runs_open', 'gauge', 'Runs that have not ended.', [['', gauges.openRuns]]],
      ['cellway_streams_open', 'gauge', 'Open event streams.', [['', gauges.streams]]],
      ['cellway_events_total', 'counter', 'Events that the store has taken in.', [['', gauges.events]]],
      ['process_resident_memory_bytes', 'gauge', 'Resident memory.', [['', memory.rss]]],
      ['process_cpu_seconds_total', 'counter', 'CPU time.', [['', cpuSeconds()]]],
      ['process_start_time_seconds', 'gauge', 'Start, seconds since the epoch.', [['', this.#since]]]
    ];
    return rows
      .map(([name, type, help, values]) =>
        [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} ${type}`,
          ...values.map(([labels, value]) => `${name}${labels} ${value}`)
        ].join('\n')
      )
      .join('\n')
      .concat('\n');
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
