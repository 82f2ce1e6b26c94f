/**
 * All that a user can set, in one place: names, what may be written, defaults, and what they are for. Plain JSON Schema:
 * every command reads it, and to load a library for that took a tenth of a start.
 */
import { bytes, days, type Leaf, onOff, path, type Setting, seconds, text, whole, word } from './kinds';

interface Table<F> {
  readonly type: 'object';
  readonly properties: F;
  readonly additionalProperties: false;
}

const table = <const F extends Readonly<Record<string, Leaf | Table<Readonly<Record<string, Leaf>>>>>>(
  properties: F
): Table<F> => ({ type: 'object', properties, additionalProperties: false });

/**
 * The settings, by key: a dot leads into a table of the file. What a value means once it is read: bytes, seconds and days
 * are numbers of them, `none` words are null, paths are absolute.
 */
export const SettingsSchema = {
  title: 'Settings of Cellway',
  ...table({
    data: path({ description: 'Folder of runs, cache and store; on a local disk', flag: 'data' }),
    bridge: table({
      host: text({ description: 'Address that the bridge listens on', default: '127.0.0.1', flag: 'host' }),
      port: whole({ description: 'Its port; 0: any free one', default: 0, maximum: 65_535, flag: 'port' }),
      socket: path<string | null>({
        description: 'A unix socket that it listens on instead',
        default: 'none',
        none: 'none',
        flag: 'socket'
      }),
      idle: seconds<number | null>({
        description: 'How long one that was started on demand stays with nothing to do',
        default: '10 min',
        none: 'never',
        minimum: 1,
        flag: 'idle'
      })
    }),
    limits: table({
      notebook: bytes({
        description: 'Largest request with a notebook in it',
        default: '110 MB',
        minimum: 100_000,
        maximum: 400_000_000
      }),
      body: bytes({ description: 'Largest other request', default: '1 MB', minimum: 10_000, maximum: 100_000_000 }),
      request: seconds({
        description: 'Time in which a request must have come whole',
        default: '2 min',
        minimum: 5,
        maximum: 3600
      }),
      connections: whole({ description: 'Connections at once', default: 4096, minimum: 16, maximum: 1_000_000 }),
      streams: whole({ description: 'Event streams at once', default: 2048, minimum: 1, maximum: 1_000_000 })
    }),
    log: table({
      level: word(['debug', 'info', 'warn', 'error'], {
        description: "Least level of what is in the bridge's log",
        default: 'info',
        flag: 'log-level'
      }),
      size: bytes({ description: 'Size at which a new log file is begun', default: '10 MB', minimum: 100_000 }),
      keep: whole({ description: 'Full log files that are kept', default: 3, maximum: 100 })
    }),
    steps: table({
      parallel: whole<number | null>({
        description: 'Steps of a run at once',
        default: 'cores',
        none: 'cores',
        minimum: 1,
        maximum: 1024,
        flag: 'parallel'
      }),
      memory: bytes<number | null>({
        description: 'Memory that a step may take when its own settings do not say',
        default: 'unlimited',
        none: 'unlimited',
        minimum: 50_000_000,
        flag: 'memory'
      }),
      start: word(['fork', 'spawn'], {
        description: 'How steps start: from a warm interpreter where that is safe, or each in a fresh one',
        default: 'fork'
      })
    }),
    cache: table({
      enabled: onOff({ description: 'Whether results are taken from the cache', default: true, flag: 'no-cache' }),
      budget: bytes<number | null>({
        description: 'Size that cached results which no run shows may have together before the longest unused go',
        default: '20 GB',
        none: 'unlimited'
      }),
      age: days<number | null>({
        description: 'Days after which a cached result that no run shows and nobody used goes',
        default: 90,
        none: 'unlimited'
      })
    })
  })
};

type Read<T> = {
  readonly [K in keyof T]: T[K] extends Setting<infer V> ? V : T[K] extends Table<infer F> ? Read<F> : never;
};

/** The settings that hold. */
export type Settings = Read<(typeof SettingsSchema)['properties']>;

type Dotted<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends object ? Dotted<T[K], `${P}${K}.`> : `${P}${K}`;
}[keyof T & string];

export type Key = Dotted<{ [K in keyof Settings]: Settings[K] }>;

/** Each setting by its key, in the order of the schema. */
export const LEAVES: ReadonlyMap<Key, Leaf> = new Map(
  Object.entries(SettingsSchema.properties).flatMap(([name, schema]) =>
    'properties' in schema
      ? Object.entries<Leaf>(schema.properties).map(([field, leaf]): [Key, Leaf] => [`${name}.${field}` as Key, leaf])
      : [[name as Key, schema] as [Key, Leaf]]
  )
);

/** The environment variable of a setting: `CELLWAY_CACHE_BUDGET`. */
export const variableOf = (key: Key): string => `CELLWAY_${key.toUpperCase().replaceAll('.', '_')}`;
