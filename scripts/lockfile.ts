import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { missingPlatformPackages, type Lockfile } from './lockfile/platform-packages.ts';

// A registry that does not carry every platform's builds leaves holes in the lockfile, and npm ci then refuses it
// everywhere. Without an argument this reports them; with --complete it fills them in from the packages' names.
const path = resolve(import.meta.dirname, '..', 'package-lock.json');
const lockfile = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
const missing = missingPlatformPackages(lockfile);
const names = Object.keys(missing);

if (names.length === 0) console.log('The lockfile names every platform build.');
else if (process.argv.includes('--complete')) {
  const packages = { ...lockfile.packages, ...missing };
  lockfile.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(path, `${JSON.stringify(lockfile, null, 2)}\n`);
  console.log(`Added to the lockfile: ${names.join(', ')}`);
} else {
  console.error(`Missing from the lockfile (node scripts/lockfile.ts --complete): ${names.join(', ')}`);
  process.exitCode = 1;
}
