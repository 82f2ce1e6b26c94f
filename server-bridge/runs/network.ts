import { readFileSync, realpathSync, statfsSync } from 'node:fs';

/** File systems over a network, and those between machines, by `statfs`'s type (linux/magic.h, and their own sources). */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'SMB (CIFS)'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x20030528, 'OrangeFS'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x01021997, '9p'],
  [0x786f4256, 'a shared folder of VirtualBox']
]);

const FUSE = 0x65735546;

/** Of those that a program serves, the ones that are over a network; others (encrypted, merged, NTFS) are as good as local. */
const OVER_FUSE: ReadonlySet<string> = new Set([
  ...['sshfs', 's3fs', 'gcsfuse', 'rclone', 'glusterfs', 'juicefs', 'ceph', 'ceph-fuse', 'blobfuse', 'blobfuse2'],
  ...['goofys', 'mount-s3', 'davfs', 'davfs2', 'grpcfuse', 'curlftpfs', 'moosefs', 'mfs', 'seaweedfs']
]);

/** The network file system that a folder is on; null where it is a local one. */
export function networkOf(folder: string): string | null {
  const { type } = statfsSync(folder);
  if (type !== FUSE || process.platform !== 'linux') return NETWORK.get(type) ?? null;
  return fuseNetwork(realpathSync(folder), readFileSync('/proc/self/mountinfo', 'utf8'));
}

/** The same of a folder on FUSE, by the table of mounts (proc(5)): the last of the innermost mounts counts. */
export function fuseNetwork(folder: string, mountinfo: string): string | null {
  let innermost = '';
  let kind = '';
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    if (after === undefined) continue;
    const point = before!.split(' ')[4]!.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8)));
    const within = point === '/' || folder === point || folder.startsWith(`${point}/`);
    if (!within || point.length < innermost.length) continue;
    innermost = point;
    kind = after.split(' ')[0]!;
  }
  const name = kind.replace(/^fuse\./, '');
  return OVER_FUSE.has(name) ? name : null;
}
