import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { mermaidScript } from './scripts/mermaid-script.ts';

/** The development server writes one script into the page itself, which the page's own policy refuses. */
const relaxPolicyInDevelopment: Plugin = {
  name: 'relax-policy-in-development',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
};

/** The page. Heavy libraries come in by dynamic import, so each is a file of its own that a cold start does not read. */
export default defineConfig({
  root: resolve(import.meta.dirname, 'renderer'),
  base: './',
  plugins: [react(), tailwind(), relaxPolicyInDevelopment, mermaidScript(import.meta.dirname)],
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
