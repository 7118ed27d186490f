/** dependency-cruiser configuration, made from the table in rooms.ts. */
const { ROOMS, PACKAGE_HOMES, NARROW_DOORS } = require('./rooms.ts');

const TESTS = '(\\.test\\.tsx?$|/testing/)';
const OURS = '^(electron|native|renderer|test|scripts)/';

const roomRules = ROOMS.map((room) => ({
  name: `room: ${room.name} imports only ${room.may.join(', ') || 'itself'}`,
  severity: 'error',
  from: { path: room.path, pathNot: TESTS },
  to: {
    path: OURS,
    pathNot: [room.path, ...ROOMS.filter((other) => room.may.includes(other.name)).map((other) => other.path)],
  },
}));

const homes = PACKAGE_HOMES.map(({ name, path }) => ({
  name: `package: ${name} has one home`,
  severity: 'error',
  from: { path: '^(electron|native|renderer)/', pathNot: [path, TESTS] },
  to: { path: `(^|/)node_modules/${name}/|^${name}$`, dependencyTypesNot: ['type-only'] },
}));

const doors = NARROW_DOORS.map(({ name, from, to, door }) => ({
  name: `door: ${name}`,
  severity: 'error',
  from: { path: from, pathNot: TESTS },
  to: { path: to, pathNot: door },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    ...homes,
    ...doors,
    {
      name: 'pure: contract imports zod and nothing else',
      severity: 'error',
      from: { path: '^electron/contract/', pathNot: TESTS },
      to: { pathNot: ['^electron/contract/', '^node_modules/zod/'] },
    },
    {
      name: 'pure: base imports nothing',
      severity: 'error',
      from: { path: '^electron/base/', pathNot: TESTS },
      to: { pathNot: '^electron/base/' },
    },
    {
      name: 'pure: the window knows the contract by its types and plain names and sentences only',
      severity: 'error',
      from: { path: '^renderer/', pathNot: TESTS },
      to: {
        path: '^electron/',
        pathNot: [
          '^electron/contract/sentences/',
          '^electron/contract/names\\.ts$',
          '^electron/base/(ids|clock)\\.ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'siblings: a room of the window imports no other room',
      severity: 'error',
      from: { path: '^renderer/rooms/([^/]+)/', pathNot: TESTS },
      to: { path: '^renderer/rooms/', pathNot: '^renderer/rooms/$1/' },
    },
    {
      name: 'no cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'every import resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'the product imports no test code',
      severity: 'error',
      from: { path: '^(electron|native|renderer|scripts)/', pathNot: TESTS },
      to: { path: '(^test/|\\.test\\.tsx?$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.renderer.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
