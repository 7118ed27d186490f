import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

const NAME = 'mermaid.min.js';

/** The diagram frame has no origin, so it can only load a classic script: the one Mermaid ships, as a file beside its page. */
export function mermaidScript(root: string): Plugin {
  const file = resolve(root, 'node_modules/mermaid/dist/mermaid.min.js');
  return {
    name: 'mermaid-script',
    configureServer(server) {
      server.middlewares.use(`/${NAME}`, (_request, response) => {
        response.setHeader('content-type', 'text/javascript');
        createReadStream(file).pipe(response);
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: NAME, source: await readFile(file) });
    },
  };
}
