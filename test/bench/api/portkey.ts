import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { Child } from './child.ts';

const FOLDER = resolve('.cache', 'peer-gateway');
const PACKAGE = join(FOLDER, 'node_modules', '@portkey-ai', 'gateway');

/** The peer, fetched once. Its own ranges of two dependencies lead to versions it cannot work with, hence the overrides. */
function install(): void {
  if (existsSync(PACKAGE)) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    join(FOLDER, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: { '@portkey-ai/gateway': '1.15.2' },
      overrides: { '@hono/node-server': '1.3.3', hono: '4.6.10' },
    }),
  );
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: FOLDER, stdio: 'ignore' });
}

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });

/** Starts `@portkey-ai/gateway` on a free port; null with a reason when it cannot be had here. */
export async function startPortkey(say: (text: string) => void): Promise<Child | null> {
  try {
    install();
  } catch (error) {
    say(`The peer gateway could not be installed: ${String(error)}`);
    return null;
  }
  const port = await freePort();
  const child = spawn(process.execPath, [join(PACKAGE, 'build', 'start-server.js'), '--headless', `--port=${port}`], {
    stdio: 'ignore',
    env: { ...process.env, TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost', PORT: String(port) },
  });
  const deadline = performance.now() + 20_000;
  while (!(await answers(port))) {
    if (performance.now() > deadline || child.exitCode !== null) {
      say('The peer gateway did not start.');
      child.kill('SIGKILL');
      return null;
    }
    await new Promise((wait) => setTimeout(wait, 50));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    token: '',
    async stop() {
      child.kill('SIGKILL');
      await Promise.resolve();
    },
  };
}
