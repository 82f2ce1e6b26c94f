import { tmpdir } from 'node:os';
import { fuseNetwork, networkOf } from './network';

const mountinfo = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /home/me/remote rw,nosuid - fuse.sshfs me@host: rw,user_id=1000
31 22 0:41 / /home/me/with\\040space rw - fuse.rclone cloud: rw
32 22 0:42 / /home/me/secret rw - fuse.gocryptfs /home/me/.secret rw
33 30 0:43 / /home/me/remote/local rw shared:2 - fuse.mergerfs a:b rw
34 22 0:44 / /twice rw - fuse.gocryptfs x rw
35 34 0:45 / /twice rw - fuse.sshfs host: rw
`;

test.each([
  ['/home/me/remote', 'sshfs'],
  ['/home/me/remote/data/cellway', 'sshfs'],
  ['/home/me/with space/x', 'rclone'],
  ['/home/me/secret/x', null],
  ['/home/me/remote/local/x', null],
  ['/home/me/remotely', null],
  ['/twice/x', 'sshfs'],
  ['/elsewhere', null]
])('%s is on %s', (folder, expected) => {
  expect(fuseNetwork(folder, mountinfo)).toBe(expected);
});

test('a folder for scratch is on no network', () => {
  expect(networkOf(tmpdir())).toBeNull();
});
