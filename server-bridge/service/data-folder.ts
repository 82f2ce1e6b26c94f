import { statfsSync } from 'node:fs';
import { makeDataFolder } from '../runs/data-folder';
import { type Refusal, refused } from '../runs/refusal';

/** File systems over a network, by `statfs`'s type (linux/magic.h): SQLite's locks cannot be trusted there. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'SMB (CIFS)'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9p']
]);

/** Makes the data folder; refused with the reason when it is not fit to be one. */
export function checkFolder(data: string): Refusal | null {
  const unfit = makeDataFolder(data);
  if (unfit !== null) return unfit;
  const network = NETWORK.get(statfsSync(data).type);
  return network === undefined
    ? null
    : refused({
        code: 'data-folder-network',
        message: `${data} is on ${network}, a network file system: locks do not hold there, and the store would be damaged.`,
        fix: 'Name a folder on a local disk with --data or CELLWAY_DATA.'
      });
}
