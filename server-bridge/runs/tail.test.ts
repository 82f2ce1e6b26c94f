import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LineReader, watchFile } from './tail';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellway-tail-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what is written to a watched file is told, the last of it too; what lies beside it is not', async () => {
  const path = join(folder, 'events.jsonl');
  const reader = new LineReader(path);
  const read: string[] = [];
  let calls = 0;
  let told: () => void = () => undefined;
  const unwatch = watchFile(
    path,
    () => {
      calls += 1;
      read.push(...reader.read());
      told();
    },
    20
  );
  try {
    writeFileSync(join(folder, 'beside.json'), '{}');
    await wait(60);
    expect(calls).toBe(0);
    for (let n = 0; n < 50; n++) {
      appendFileSync(path, `${n}\n`);
      if (n % 10 === 0) await wait(1);
    }
    while (read.length < 50) await new Promise<void>(resolve => (told = resolve));
    expect(read).toEqual(Array.from({ length: 50 }, (_, n) => String(n)));
    expect(calls).toBeLessThan(50);
  } finally {
    unwatch();
    reader.close();
  }
});
