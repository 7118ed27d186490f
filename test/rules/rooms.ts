/**
 * The import table of the house, as data: ARCHITECTURE.md shows it, `room-rules.ts` turns it into dependency-cruiser rules,
 * and `rooms.test.ts` holds the three against each other.
 *
 * `path` is a regular expression on file paths from the project's root. `may` lists other rooms; a room may always import
 * itself. `packages` lists the only importers of a package that belongs to one room.
 */
export interface Room {
  readonly name: string;
  readonly path: string;
  readonly may: readonly string[];
}

export const ROOMS: readonly Room[] = [
  { name: 'contract', path: '^electron/contract/', may: [] },
  { name: 'base', path: '^electron/base/', may: [] },
  { name: 'native/sqlite', path: '^native/sqlite/', may: ['contract', 'base'] },
  { name: 'native/llama', path: '^native/llama/', may: ['contract', 'base'] },
  { name: 'storage', path: '^electron/storage/', may: ['contract', 'base', 'native/sqlite'] },
  { name: 'telemetry', path: '^electron/telemetry/', may: ['contract', 'base', 'storage'] },
  { name: 'model', path: '^electron/model/', may: ['contract', 'base', 'telemetry', 'storage', 'native/llama'] },
  { name: 'router', path: '^electron/router/', may: ['contract', 'base', 'telemetry', 'model', 'storage'] },
  {
    name: 'orchestration',
    path: '^electron/orchestration/',
    may: ['contract', 'base', 'telemetry', 'router', 'model', 'storage'],
  },
  { name: 'access', path: '^electron/access/', may: ['contract', 'base', 'orchestration', 'storage'] },
  { name: 'shell', path: '^electron/(shell/|preload\\.ts)', may: ['contract', 'base', 'access', 'native/llama'] },
  {
    name: 'cli',
    path: '^electron/(cli/|headless\\.ts)',
    may: [
      'contract',
      'base',
      'native/sqlite',
      'native/llama',
      'storage',
      'telemetry',
      'model',
      'router',
      'orchestration',
      'access',
      'roots',
    ],
  },
  {
    name: 'roots',
    path: '^electron/(main|core|routing|rehearsed-calls|tracing|trace-tools|library)\\.ts',
    may: [
      'contract',
      'base',
      'native/sqlite',
      'native/llama',
      'storage',
      'telemetry',
      'model',
      'router',
      'orchestration',
      'access',
      'shell',
    ],
  },
  { name: 'renderer/kit', path: '^renderer/kit/', may: [] },
  { name: 'renderer/link', path: '^renderer/link/', may: ['contract', 'base', 'renderer/state'] },
  { name: 'renderer/state', path: '^renderer/state/', may: ['contract'] },
  { name: 'renderer/common', path: '^renderer/common/', may: ['contract', 'renderer/kit'] },
  {
    name: 'renderer/rooms',
    path: '^renderer/rooms/',
    may: ['contract', 'renderer/kit', 'renderer/link', 'renderer/state', 'renderer/common'],
  },
  {
    name: 'renderer/app',
    path: '^renderer/(app/|[^/]+$)',
    may: ['contract', 'renderer/kit', 'renderer/link', 'renderer/state', 'renderer/common', 'renderer/rooms'],
  },
];

/** Packages with one home. */
export const PACKAGE_HOMES: readonly { readonly name: string; readonly path: string }[] = [
  { name: 'electron', path: '^electron/(shell/|main\\.ts|preload\\.ts)' },
  { name: 'node-llama-cpp', path: '^native/llama/' },
  { name: 'better-sqlite3', path: '^native/sqlite/' },
  { name: 'react', path: '^renderer/' },
  { name: 'react-dom', path: '^renderer/' },
];

/** From a sibling's point of view: these files of a room are all that others may see. */
export const NARROW_DOORS: readonly {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly door: string;
}[] = [
  {
    name: 'model sees only the engine client',
    from: '^electron/model/',
    to: '^native/llama/',
    door: '^native/llama/(client|protocol|spawn)',
  },
  {
    name: 'the shell sees only how an engine process is spawned',
    from: '^electron/shell/',
    to: '^native/llama/',
    door: '^native/llama/(client|protocol|spawn)',
  },
  {
    name: 'the shell sees only the port of access',
    from: '^electron/shell/',
    to: '^electron/access/',
    door: '^electron/access/port',
  },
];
