import { DatabaseSync } from 'node:sqlite';
import { migrations } from './migrations';

/** What only the store knows: all else is in the runs' folders too. */
const TABLES = ['pins', 'idempotency'] as const;

/**
 * Copies what only the store knows from an old file to a new one, as far as it can be read; the names of tables of which
 * something is lost.
 */
export function salvage(old: string, fresh: string): readonly string[] {
  const to = new DatabaseSync(fresh);
  const lost: string[] = [];
  try {
    for (const table of TABLES) if (!copied(old, to, table)) lost.push(table);
  } finally {
    to.close();
  }
  return lost;
}

function copied(old: string, to: DatabaseSync, table: string): boolean {
  let from: DatabaseSync | null = null;
  try {
    from = new DatabaseSync(old, { readOnly: true });
    const version = Number(from.prepare('PRAGMA user_version').get()?.user_version);
    const has = from.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined;
    if (!has) return version <= migrations.length;
    for (const row of from.prepare(`SELECT * FROM ${table}`).iterate()) {
      const names = Object.keys(row);
      const sql = `INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
      to.prepare(sql).run(...(Object.values(row) as (string | number)[]));
    }
    return true;
  } catch (error) {
    // A damaged file: what could be read is there.
    if (typeof error === 'object' && error !== null && 'errcode' in error) return false;
    throw error;
  } finally {
    from?.close();
  }
}
