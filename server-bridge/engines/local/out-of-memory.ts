import { existsSync, readFileSync } from 'node:fs';

/** Where the kernel counts the processes that it killed for want of memory: of this container, else of the machine. */
const COUNTERS = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control', '/proc/vmstat'];

/** How many it has killed so far; null where it does not say. */
export function kernelKills(): number | null {
  for (const path of COUNTERS) {
    if (!existsSync(path)) continue;
    const found = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'));
    if (found) return Number(found[1]);
  }
  return null;
}
