import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PassThrough, type Readable } from 'node:stream';
import { pack } from 'tar-stream';

/** A tar of a folder's members, made as it is read. */
export function tarOf(folder: {
  readonly path: string;
  readonly members: readonly { readonly name: string; readonly bytes: number }[];
}): Readable {
  const tar = pack();
  const out = new PassThrough();
  const fill = async () => {
    for (const { name, bytes } of folder.members) {
      const entry = tar.entry({ name, size: bytes, mode: 0o644, mtime: new Date(0) });
      await pipeline(createReadStream(join(folder.path, name)), entry);
    }
    tar.finalize();
  };
  void fill().catch((error: unknown) => out.destroy(error as Error));
  void pipeline(tar, out).catch(() => tar.destroy());
  return out;
}
