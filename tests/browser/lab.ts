/** A real JupyterLab with a kernel, a bridge and a Chromium, all with folders of their own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const root = dirname(dirname(__dirname));
const bin = join(root, '.venv', 'bin');
const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
];

export type Cell = readonly [source: string, ...tags: readonly string[]];

export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'cellway-browser-'));
  readonly work = join(this.folder, 'work');
  /** What the page said that it should not have. */
  readonly complaints: string[] = [];
  #server: ChildProcess | null = null;
  #browser: Browser | null = null;
  #address = '';
  #log = '';

  get env(): NodeJS.ProcessEnv {
    const own = (name: string) => join(this.folder, name);
    return {
      ...process.env,
      PATH: [bin, process.env.PATH].join(delimiter),
      JUPYTER_CONFIG_DIR: own('config'),
      JUPYTER_DATA_DIR: own('jupyter'),
      JUPYTER_RUNTIME_DIR: own('runtime'),
      JUPYTERLAB_SETTINGS_DIR: own('settings'),
      JUPYTERLAB_WORKSPACES_DIR: own('workspaces'),
      XDG_CONFIG_HOME: own('xdg-config'),
      XDG_CACHE_HOME: own('xdg-cache'),
      CELLWAY_DATA: own('cellway')
    };
  }

  async start(): Promise<void> {
    const program = PROGRAMS.find(existsSync);
    if (program === undefined)
      throw new Error('Browser tests need Chromium or Chrome. On Debian or Ubuntu: apt-get install chromium');
    mkdirSync(this.work, { recursive: true });
    // Asks about news in a corner that tests click in.
    mkdirSync(join(this.folder, 'config', 'labconfig'), { recursive: true });
    writeFileSync(
      join(this.folder, 'config', 'labconfig', 'page_config.json'),
      JSON.stringify({ disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true } })
    );
    const port = await freePort();
    const argv = [
      'lab',
      '--no-browser',
      '--allow-root',
      `--ServerApp.port=${port}`,
      '--ServerApp.port_retries=0',
      '--IdentityProvider.token=test',
      `--ServerApp.root_dir=${this.work}`
    ];
    this.#server = spawn(join(bin, 'jupyter'), argv, {
      env: this.env,
      cwd: this.work,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    for (const stream of [this.#server.stdout!, this.#server.stderr!])
      stream.on('data', (part: Buffer) => {
        this.#log += part.toString();
      });
    this.#address = `http://127.0.0.1:${port}`;
    await this.#answers();
    this.#browser = await chromium.launch({
      executablePath: program,
      args: QUIET,
      env: this.env as Record<string, string>
    });
  }

  async #answers(): Promise<void> {
    for (;;) {
      if (this.#server!.exitCode !== null) throw new Error(`JupyterLab ended:\n${this.#log}`);
      const there = await fetch(`${this.#address}/api?token=test`).then(
        response => response.ok,
        () => false
      );
      if (there) return;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }

  notebook(name: string, cells: readonly Cell[]): string {
    const content = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
      cells: cells.map(([source, ...tags], at) => ({
        cell_type: 'code',
        id: `c${at + 1}`,
        metadata: tags.length > 0 ? { tags } : {},
        source,
        outputs: [],
        execution_count: null
      }))
    };
    writeFileSync(join(this.work, name), JSON.stringify(content));
    return name;
  }

  example(name: string): string {
    cpSync(join(root, 'examples'), this.work, { recursive: true });
    return name;
  }

  /** Opens a notebook with Cellway's sidebar, and waits until its graph is there. */
  async open(name: string): Promise<Page> {
    const context = await this.#browser!.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.on('pageerror', error => this.complaints.push(error.message));
    await page.goto(`${this.#address}/lab/workspaces/w${Date.now()}/tree/${name}?token=test`);
    await page.waitForSelector('.jp-Notebook .jp-Cell');
    await page.click('[data-id="cellway-sidebar"]');
    await page.waitForSelector('.jp-Cellway-sidebar .jp-Cellway-node');
    return page;
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    const server = this.#server;
    if (server !== null && server.exitCode === null) {
      const ended = new Promise(resolve => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    }
    const cellway = (args: readonly string[]) => spawnSync(join(bin, 'cellway'), [...args], { env: this.env });
    cellway(['prune', '--all', '--yes']);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(address)));
    });
  });
}
