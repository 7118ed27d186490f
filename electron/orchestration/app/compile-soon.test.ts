import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('asks V8 for nothing it does not know, as often as it is called', async () => {
  const module = JSON.stringify(pathToFileURL(join(import.meta.dirname, 'compile-soon.ts')).href);
  const script = `const { compileSoon } = await import(${module}); compileSoon(); compileSoon(); console.log('done')`;
  const said = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(said).toEqual({ stdout: 'done\n', stderr: '' });
});
