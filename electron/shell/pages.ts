import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const SCHEME = 'app';
/** Origin of every page of ours. */
export const APP_ORIGIN = `${SCHEME}://switchyard`;
export const APP_PAGE = `${APP_ORIGIN}/index.html`;
/** Shown instead of the app when it cannot start: what is wrong and the ways on. */
export const TROUBLE_PAGE = `${APP_ORIGIN}/trouble`;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.map': 'application/json',
};

// Nothing comes from anywhere else, and no script but our own files runs.
const APP_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

// A diagram is drawn in a sandboxed frame without our origin: it may run its own file and load nothing else.
const SANDBOX_POLICY = [
  'sandbox allow-scripts',
  "default-src 'none'",
  `script-src ${APP_ORIGIN}`,
  `style-src ${APP_ORIGIN} 'unsafe-inline'`,
  'img-src data:',
  `font-src ${APP_ORIGIN} data:`,
  "base-uri 'none'",
  "form-action 'none'",
  `frame-ancestors ${APP_ORIGIN}`,
].join('; ');

/** Must run before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built page from one folder, and the trouble page from memory. */
export function servePages(folder: string, troublePage: () => string): void {
  protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    if (url.origin !== APP_ORIGIN && url.host !== 'switchyard') return new Response(null, { status: 404 });
    if (url.pathname === '/trouble') return page(troublePage(), '.html', APP_POLICY);
    const path = normalize(join(folder, decodeURIComponent(url.pathname)));
    if (!path.startsWith(folder + sep)) return new Response(null, { status: 404 });
    try {
      const isFrame = /\/(mermaid|sandbox|diagram)[^/]*\.html$/.test(url.pathname);
      return page(await readFile(path), extname(path), isFrame ? SANDBOX_POLICY : APP_POLICY);
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}

function page(body: string | Uint8Array<ArrayBuffer>, extension: string, policy: string): Response {
  return new Response(body, {
    headers: {
      'content-type': TYPES[extension] ?? 'application/octet-stream',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      // A sandboxed frame has no origin of its own and still needs the app's script files.
      'access-control-allow-origin': '*',
    },
  });
}
