import { utilityProcess } from 'electron';
import type { SpawnHost } from '../../native/llama/spawn.ts';

/** Engine processes as utility processes of the app. `onStderr` gets what the native code prints. */
export function createElectronSpawn(options: { hostPath: string; onStderr?: (text: string) => void }): SpawnHost {
  return () => {
    const child = utilityProcess.fork(options.hostPath, [], {
      serviceName: 'Switchyard engine',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.on('data', (data: Buffer) => options.onStderr?.(data.toString('utf8')));
    let ended = false;
    child.once('exit', () => {
      ended = true;
    });
    return {
      get pid() {
        return child.pid;
      },
      post(message) {
        if (!ended) child.postMessage(message);
      },
      onMessage(listener) {
        child.on('message', listener);
      },
      onExit(listener) {
        child.once('exit', listener);
      },
      kill() {
        // A hung native call ignores the polite way.
        const { pid } = child;
        if (pid === undefined || !hardKill(pid)) child.kill();
      },
    };
  };
}

function hardKill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
