import { enableCompileCache } from 'node:module';
import { asciiOnly, writeAscii } from './charset';
import { EXIT, Stop, stopped } from './exit';
import { COMMANDS, HELP, VERSION } from './help';

// Compiled code is kept between starts; nothing else here is in the way of a quick one.
enableCompileCache();

type Command = (args: readonly string[]) => Promise<number>;

/** Each command is loaded when it is asked for. `supervise` is how a run starts its own supervisor. */
const LOAD: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./analysis')).check,
  graph: async () => (await import('./analysis')).graph,
  run: async () => (await import('./run')).run,
  verify: async () => (await import('./verify')).verify,
  doctor: async () => (await import('./doctor')).doctor,
  config: async () => (await import('./config')).config,
  serve: async () => (await import('./serve')).serve,
  runs: async () => (await import('./runs')).runs,
  show: async () => (await import('./show')).show,
  logs: async () => (await import('./logs')).logs,
  metrics: async () => (await import('./metrics')).metrics,
  artifact: async () => (await import('./artifact')).artifact,
  cancel: async () => (await import('./control')).cancel,
  retry: async () => (await import('./control')).retry,
  resume: async () => (await import('./control')).resume,
  wait: async () => (await import('./control')).wait,
  cache: async () => (await import('./cache')).cache,
  prune: async () => (await import('./prune')).prune,
  supervise: async () => (await import('./supervise')).superviseRun
};

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = args[0];
    process.stdout.write(about !== undefined && Object.hasOwn(COMMANDS, about) ? COMMANDS[about]! : HELP);
    return name === undefined ? EXIT.badInput : EXIT.ok;
  }
  if (name === '--version' || name === '-V') {
    process.stdout.write(`cellway ${VERSION}\n`);
    return EXIT.ok;
  }
  if (!Object.hasOwn(LOAD, name)) {
    const { likely } = await import('@cellway/core/notebook');
    const near = likely(name, Object.keys(COMMANDS));
    throw new Stop(
      EXIT.badInput,
      `There is no command '${name}'.`,
      near === null ? 'See cellway --help.' : `Did you mean '${near}'?`
    );
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(COMMANDS[name] ?? HELP);
    return EXIT.ok;
  }
  const command = await LOAD[name]!();
  return command(args);
}

// `cellway graph … | head` closes our output early: that is the reader's right, not an error.
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') {
    process.exit(EXIT.ok);
  }
  throw error;
});

for (const stream of [process.stdout, process.stderr]) {
  if (stream.isTTY && asciiOnly(process.env)) {
    writeAscii(stream);
  }
}

process.exitCode = await stopped(() => main(process.argv.slice(2)));
