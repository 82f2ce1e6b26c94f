// The browser of the tests. There are no browser downloads: it is the machine's own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Installs Chromium where that can be done without asking: as root on Debian. Else the tests say how to get one. */
export function setUpChromium(say) {
  if (PROGRAMS.some(existsSync) || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const done = say('Chromium for the browser tests');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  // Fonts: without any, a page has boxes for letters.
  const there = apt('update') && apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  done(there ? 'installed' : 'could not be installed: apt-get install chromium');
}
