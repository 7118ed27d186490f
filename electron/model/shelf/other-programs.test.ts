import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/scripted-core.ts';
import { findOtherModels, ollamaFolders } from './other-programs.ts';

function put(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const sum = (letter: string) => letter.repeat(64);
const manifest = (digest: string) =>
  JSON.stringify({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest: `sha256:${sum('c')}`, size: 1 },
    layers: [
      { mediaType: 'application/vnd.ollama.image.template', digest: `sha256:${sum('d')}`, size: 1 },
      { mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${digest}`, size: 5 },
    ],
  });
const find = (home: string, env: Record<string, string> = {}) => findOtherModels({ home, env, platform: 'darwin' });

describe('models of other programs', () => {
  it('are found where Ollama lists them, under the names it shows', async () => {
    const home = makeFolder();
    const root = join(home, '.ollama', 'models');
    const blob = put(join(root, 'blobs', `sha256-${sum('a')}`), 'GGUF1');
    put(join(root, 'manifests/registry.ollama.ai/library/llama3/8b'), manifest(sum('a')));
    put(join(root, 'manifests/registry.ollama.ai/library/same/latest'), manifest(sum('a')));
    put(join(root, 'manifests/hf.co/someone/model-GGUF/Q4_K_M'), manifest(sum('b')));
    const other = put(join(root, 'blobs', `sha256-${sum('b')}`), 'GGUF22');
    expect(await find(home)).toEqual([
      { program: 'ollama', name: 'hf.co/someone/model-GGUF:Q4_K_M', path: other, sizeBytes: 6 },
      { program: 'ollama', name: 'llama3:8b', path: blob, sizeBytes: 5 },
    ]);
  });

  it('are looked for where OLLAMA_MODELS says, and only there', async () => {
    const home = makeFolder();
    const elsewhere = makeFolder();
    put(join(home, '.ollama/models/manifests/registry.ollama.ai/library/old/latest'), manifest(sum('a')));
    put(join(home, '.ollama/models/blobs', `sha256-${sum('a')}`), 'x');
    put(join(elsewhere, 'manifests/registry.ollama.ai/library/new/latest'), manifest(sum('b')));
    put(join(elsewhere, 'blobs', `sha256-${sum('b')}`), 'x');
    expect((await find(home, { OLLAMA_MODELS: elsewhere })).map(({ name }) => name)).toEqual(['new:latest']);
    expect(ollamaFolders({ home: '/h', env: {}, platform: 'linux' })).toContain('/usr/share/ollama/.ollama/models');
  });

  it('are found in LM Studio’s folders, without later parts and image encoders', async () => {
    const home = makeFolder();
    const folder = join(home, '.lmstudio/models/someone/a-model');
    const path = put(join(folder, 'a-model-Q4_K_M.gguf'), 'GGUF');
    const split = put(join(folder, 'big-00001-of-00002.gguf'), 'GGUF');
    put(join(folder, 'big-00002-of-00002.gguf'), 'GGUF');
    put(join(folder, 'mmproj-a-model.gguf'), 'GGUF');
    put(join(folder, 'notes.txt'), 'x');
    const named = makeFolder();
    put(join(home, '.lmstudio/settings.json'), JSON.stringify({ downloadsFolder: named }));
    const moved = put(join(named, 'x/y/z.gguf'), 'GGUF');
    expect((await find(home)).map((file) => file.path)).toEqual([moved, path, split]);
  });

  it('are none where manifests are broken, point nowhere or lead out in circles', async () => {
    const home = makeFolder();
    const root = join(home, '.ollama', 'models');
    put(join(root, 'manifests/registry.ollama.ai/library/a/latest'), '{"half');
    put(join(root, 'manifests/registry.ollama.ai/library/b/latest'), manifest(sum('b')));
    put(join(root, 'manifests/registry.ollama.ai/library/c/latest'), manifest('../../../etc/passwd'));
    symlinkSync(root, join(root, 'manifests', 'loop'));
    expect(await find(home)).toEqual([]);
  });
});
