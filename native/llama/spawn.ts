/** A running engine process, however it was made. Callbacks registered late miss nothing: register before `post`. */
export interface HostProcess {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once. `code` null = ended by a signal. Not called before the registration returned. */
  onExit(listener: (code: number | null) => void): void;
  /** Ends it at once, whatever it is doing (SIGKILL where there are signals). */
  kill(): void;
  readonly pid: number | undefined;
}

/** Makes an engine process. The one for plain Node is in spawn-node.ts; the shell has one for Electron. */
export type SpawnHost = () => HostProcess;
