import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../../../runs/errno';

/** Bytes of the files in a folder, those with several names once; what goes away meanwhile counts nothing. */
export async function bytesOf(folder: string, seen = new Set<string>()): Promise<number> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const sizes = await Promise.all(
      entries.map(async entry => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return bytesOf(path, seen);
        const { dev, ino, size } = await lstat(path);
        const file = `${dev} ${ino}`;
        if (seen.has(file)) return 0;
        seen.add(file);
        return size;
      })
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return 0;
    throw error;
  }
}
