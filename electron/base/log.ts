export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Structured log line. Never put message text or keys into `fields`. */
export interface Log {
  write(level: LogLevel, event: string, fields?: LogFields): void;
}

export const silentLog: Log = { write: () => undefined };
