import type { Bridge } from '../service/bridge';
import type { Owner, RunRow } from '../store';
import { notFound } from './problem';

/** An owner's run by id; another's is as unknown as none. */
export const finder =
  (bridge: Bridge) =>
  (owner: Owner, id: string): RunRow => {
    const row = bridge.row(owner, id);
    if (row === null) throw notFound('run', id);
    return row;
  };
