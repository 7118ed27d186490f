// Stands in for Electron's default app in a runtime that has none: loads the app folder named on the command line.
import { app } from 'electron';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const named = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
const folder = named === undefined ? undefined : resolve(named);
if (folder === undefined || !existsSync(join(folder, 'package.json'))) {
  console.error('Name a folder that holds a package.json: electron <folder>');
  app.exit(2);
} else {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  process.defaultApp = true;
  app.name = manifest.productName ?? manifest.name;
  app.setVersion(manifest.version);
  app.setAppPath(folder);
  await import(pathToFileURL(join(folder, manifest.main ?? 'index.js')).href);
}
