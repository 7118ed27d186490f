import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServedFile } from './hostile-files.ts';

/** A hub that speaks Hugging Face's public API: search, a collection with sums, and files behind a redirect. */
export async function startHub(
  repo: string,
  files: readonly ServedFile[],
  options: {
    readonly sums?: boolean;
    readonly send?: (file: ServedFile) => Buffer;
    /** Where a file lies; this server itself when absent. */
    readonly placeOf?: (file: ServedFile) => string;
  } = {},
) {
  const asked: string[] = [];
  const revision = '0123456789abcdef0123456789abcdef01234567';
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://hub');
    asked.push(`${url.pathname}${url.search}`);
    const json = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (url.pathname === '/api/models') {
      const found = repo.toLowerCase().includes((url.searchParams.get('search') ?? '').toLowerCase());
      json(found ? [{ id: repo, downloads: 1234, likes: 5, tags: ['gguf', 'license:apache-2.0'], gated: false }] : []);
    } else if (url.pathname === `/api/models/${repo}`) {
      json({
        id: repo,
        sha: revision,
        siblings: [
          { rfilename: 'README.md', size: 10 },
          ...files.map(({ name, bytes, sha256 }) => ({
            rfilename: name,
            size: bytes.length,
            ...(options.sums === false ? {} : { lfs: { sha256, size: bytes.length, pointerSize: 134 } }),
          })),
        ],
      });
    } else if (url.pathname.startsWith(`/${repo}/resolve/${revision}/`)) {
      const name = decodeURIComponent(url.pathname.split('/').slice(5).join('/'));
      const file = files.find((known) => known.name === name);
      const place = file && options.placeOf ? options.placeOf(file) : `/cdn/${encodeURIComponent(name)}`;
      response.writeHead(302, { location: `${place}?signature=x` }).end();
    } else {
      const file = files.find(({ name }) => url.pathname === `/cdn/${encodeURIComponent(name)}`);
      if (!file) {
        response.writeHead(404).end();
        return;
      }
      const found = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
      const total = file.bytes.length;
      const from = Number(found?.[1] ?? 0);
      const to = found && found[2] !== '' ? Math.min(total, Number(found[2]) + 1) : total;
      const bytes = (options.send?.(file) ?? file.bytes).subarray(from, to);
      const range = found ? { 'content-range': `bytes ${from}-${to - 1}/${total}` } : {};
      response.writeHead(found ? 206 : 200, { 'content-length': String(bytes.length), ...range }).end(bytes);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${String(typeof address === 'object' && address ? address.port : 0)}`,
    asked,
    async stop(): Promise<void> {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
