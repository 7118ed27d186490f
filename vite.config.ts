import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { mermaidScript } from './scripts/mermaid-script.ts';

/** The page. Heavy libraries come in by dynamic import, so each is a file of its own that a cold start does not read. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [react(), tailwind(), mermaidScript(import.meta.dirname)],
  clearScreen: false,
  // Grammars of the highlighter are files of their own, read when a language is first met.
  worker: { format: 'es' },
  build: {
    outDir: resolve(import.meta.dirname, 'dist', 'renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    sourcemap: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      // Tailwind writes its style sheet without a source map, which is nothing to act on.
      onLog: (level, log, report) => {
        if (log.code !== 'SOURCEMAP_BROKEN') report(level, log);
      },
    },
  },
  server: { host: '127.0.0.1', port: 5317, strictPort: false },
});
