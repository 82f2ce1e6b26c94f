/** What must hold of a run that has ended, whatever was killed meanwhile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '@cellway/core/api';
import type { TestBridge } from '../bridge/bridge';

/** What was lost, in words; empty when nothing was. */
export async function lossesOf(bridge: TestBridge, id: string, trace: string): Promise<readonly string[]> {
  const losses: string[] = [];
  const run = (await bridge.call('GET', `/runs/${id}`)).body;
  if (run.state !== 'succeeded') losses.push(`run lost: ${run.state} ${JSON.stringify(run.reason ?? '')}`);
  const written = eventsIn(join(bridge.data, 'runs', id, 'events.jsonl'));
  written.forEach((event, at) => {
    if (event.n !== at + 1) losses.push(`event lost or doubled in the file: ${event.n} at ${at + 1}`);
  });
  const stored = await storedEvents(bridge, id);
  if (JSON.stringify(stored) !== JSON.stringify(written))
    losses.push(`event lost or doubled in the store: ${stored.length} of ${written.length}`);
  // A process is one attempt; each of its cells wrote a line.
  const lines = readFileSync(trace, 'utf8').split('\n').filter(Boolean);
  const seen = new Set<string>();
  for (const line of lines) {
    if (seen.has(line)) losses.push(`cell run twice: ${line}`);
    seen.add(line);
  }
  for (const [step, cells] of Object.entries({ a: 2, b: 3, c: 1, d: 1 }))
    if (lines.filter(line => line.startsWith(`${step}${cells} `)).length === 0) losses.push(`cell never run: ${step}`);
  const attempts = new Set(
    written.flatMap(event =>
      event.type === 'step' && event.state === 'running' ? [`${event.step} ${event.attempt}`] : []
    )
  );
  const processes = new Set(lines.map(line => `${line[0]} ${line.split(' ')[1]}`));
  if (processes.size > attempts.size)
    losses.push(`more processes (${processes.size}) than attempts (${attempts.size})`);
  if (run.metrics?.total !== 33) losses.push(`wrong output: ${JSON.stringify(run.metrics)}`);
  return losses;
}

function eventsIn(path: string): readonly RunEvent[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.flatMap(line => {
    try {
      return [JSON.parse(line) as RunEvent];
    } catch {
      // Torn by a kill: its number comes again.
      return [];
    }
  });
}

async function storedEvents(bridge: TestBridge, id: string): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for (let after = ''; ; ) {
    const { body } = await bridge.call('GET', `/runs/${id}/events?limit=200${after}`);
    events.push(...body.items);
    if (body.next === null || body.next === undefined) return events;
    after = `&cursor=${encodeURIComponent(body.next)}`;
  }
}
