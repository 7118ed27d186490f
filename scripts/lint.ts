import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import { importKeys } from './testing/imports.ts';

// The lint of `npm test`: every file whose text, or the text of anything it imports, changed since it was last found clean.
// ESLint's own cache looks at a file alone, and rules that use types would miss what a change elsewhere broke.
const root = resolve(import.meta.dirname, '..');
const cacheFile = join(root, '.cache', 'lint.json');
const IGNORED = ['node_modules/**', 'dist/**', 'release/**', 'test-results/**', '.cache/**', 'resources/**'];

const eslint = new ESLint({ cwd: root });
const files = globSync('**/*.{js,mjs,jsx,ts,mts,tsx}', { cwd: root, exclude: IGNORED }).sort();
const linted: string[] = [];
for (const file of files) if (!(await eslint.isPathIgnored(file))) linted.push(file);

const settings = globSync(['package-lock.json', 'eslint.config.js', 'tsconfig*.json', '**/*.d.ts'], {
  cwd: root,
  exclude: IGNORED,
});
const { keyOf } = importKeys(root, settings);
const keys = new Map(linted.map((file) => [file, keyOf(file)]));
const clean = readClean();
const due = linted.filter((file) => clean[file] !== keys.get(file));

const results = due.length === 0 ? [] : await eslint.lintFiles(due);
const faulty = new Set(
  results.filter(({ errorCount, warningCount }) => errorCount + warningCount > 0).map(({ filePath }) => filePath),
);
const next = [...keys].filter(([file]) => !faulty.has(join(root, file)));
mkdirSync(dirname(cacheFile), { recursive: true });
writeFileSync(cacheFile, JSON.stringify(Object.fromEntries(next)));

console.log(`${due.length} of ${linted.length} files to lint`);
if (faulty.size > 0) {
  const formatter = await eslint.loadFormatter('stylish');
  console.log(await formatter.format(results));
  process.exitCode = 1;
}

function readClean(): Record<string, unknown> {
  try {
    const stored: unknown = JSON.parse(readFileSync(cacheFile, 'utf8'));
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  } catch {
    return {};
  }
}
