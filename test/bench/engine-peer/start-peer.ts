import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peerAnswer } from './messages.ts';
import type { PeerAnswer, PeerAsk } from './messages.ts';

const FOLDER = resolve('.cache', 'peer-engine');
const PACKAGE = join(FOLDER, 'node_modules', '@fugood', 'llama.node');
const VERSION = '1.7.15';

/** The peer, fetched once with its binary for this platform. */
function install(): void {
  if (existsSync(PACKAGE)) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(
    join(FOLDER, 'package.json'),
    JSON.stringify({ private: true, dependencies: { '@fugood/llama.node': VERSION } }),
  );
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: FOLDER, stdio: 'ignore' });
}

export interface PeerEngine {
  ask(message: PeerAsk): Promise<PeerAnswer>;
  stop(): void;
}

/** Starts `@fugood/llama.node` in a process of its own; null with a reason when it cannot be had here. */
export function startPeerEngine(say: (text: string) => void): PeerEngine | null {
  try {
    install();
  } catch (error) {
    say(`The peer engine could not be installed: ${String(error)}`);
    return null;
  }
  const child = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), [join(PACKAGE, 'lib', 'index.js')], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return {
    async ask(message) {
      child.send(message);
      const [data] = (await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(() => Promise.reject(new Error('The peer engine ended.'))),
      ])) as [unknown];
      return peerAnswer.parse(data);
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
