import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';

const ONE_DOOR = 'Nothing leaves the process but through electron/model/egress.';

const RESTRICTED = [
  { selector: 'TSEnumDeclaration', message: 'No enums: use a const array and its type.' },
  {
    selector: "CallExpression[callee.name='setTimeout'][arguments.1.raw='0']",
    message: 'A zero timeout hides an ordering problem: queue the work by name.',
  },
];

export default tseslint.config(
  {
    ignores: ['dist/**', 'release/**', 'node_modules/**', 'test-results/**', '**/*.cjs', 'resources/**', '*.config.js'],
  },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts', '**/*.tsx'],
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.renderer.json', './tsconfig.window.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: false }],
      'no-restricted-syntax': ['error', ...RESTRICTED],
    },
  },
  {
    // What is made for a call must not outlive it.
    files: ['electron/**/*.ts'],
    // A replay is asked for by a person, once.
    ignores: ['**/*.test.ts', 'electron/cli/**', 'electron/shell/**', 'electron/orchestration/traces/replays.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...RESTRICTED,
        {
          selector: "ObjectExpression > Property[kind='get']",
          message:
            'A getter gives each object a hidden class that lives until the old generation is collected: a function.',
        },
      ],
    },
  },
  {
    // One door leads out of the process: it logs what leaves and locks private conversations in.
    files: ['electron/**/*.ts', 'native/**/*.ts'],
    // The shell only asks whether a network is there.
    ignores: ['**/*.test.ts', 'electron/model/egress/**', 'electron/access/api/**', 'electron/shell/machine-state.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({ name, message: ONE_DOOR })),
      ],
      'no-restricted-properties': [
        'error',
        ...['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((property) => ({
          object: 'globalThis',
          property,
          message: ONE_DOOR,
        })),
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            ...['http', 'https', 'http2', 'net', 'tls', 'dgram', 'dns'].flatMap((name) => [
              { name, message: ONE_DOOR, allowTypeImports: true },
              { name: `node:${name}`, message: ONE_DOOR, allowTypeImports: true },
            ]),
            { name: 'undici', message: ONE_DOOR },
            { name: 'electron', importNames: ['net'], message: ONE_DOOR },
          ],
        },
      ],
    },
  },
  {
    files: ['renderer/**/*.tsx', 'renderer/**/*.ts'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-properties': ['error', { property: 'innerHTML', message: 'Render elements instead.' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: 'All text goes through the one sanitiser.',
        },
      ],
    },
  },
  {
    files: ['scripts/**/*.ts', 'test/**/*.ts', 'electron/cli/**/*.ts'],
    rules: { 'no-console': 'off', 'max-lines': ['error', 400] },
  },
);
