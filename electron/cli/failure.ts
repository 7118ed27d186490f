/** 0 done, 1 the thing checked failed, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Ends a verb with one sentence that says what to do. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = 1) {
    super(message);
    this.name = 'CliFailure';
    this.exitCode = exitCode;
  }
}

export const wrongUsage = (message: string): CliFailure => new CliFailure(message, 2);

/** One line for a person, whatever was thrown. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/gu, ' ').trim() || 'Something went wrong: run `doctor` to see what.';
}
