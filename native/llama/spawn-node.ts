import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SpawnHost } from './spawn.ts';

/** The host's entry beside this file: the source under Node, the bundle when this file is itself bundled. */
export const defaultHostPath = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './host.ts' : './llama-host.mjs', import.meta.url));

/** Engine processes as children of a plain Node process. `onStderr` gets what the native code prints. */
export function createNodeSpawn(
  options: { hostPath?: string; execPath?: string; onStderr?: (text: string) => void } = {},
): SpawnHost {
  return () => {
    const child = fork(options.hostPath ?? defaultHostPath(), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
      ...(options.execPath === undefined ? {} : { execPath: options.execPath }),
    });
    child.stderr?.setEncoding('utf8');
    child.stderr?.on('data', (text: string) => options.onStderr?.(text));
    return {
      pid: child.pid,
      post: (message) => {
        // A dead child is told by `exit`; the error of a late send says nothing new.
        if (child.connected) child.send(message as object, () => undefined);
      },
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) => {
        let told = false;
        const tell = (code: number | null): void => {
          if (told) return;
          told = true;
          listener(code);
        };
        child.on('exit', tell);
        child.on('error', () => tell(null));
      },
      kill: () => void child.kill('SIGKILL'),
    };
  };
}
