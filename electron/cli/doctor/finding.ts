export interface Finding {
  readonly name: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** What to do about it; null when nothing needs doing or `detail` says it. */
  readonly todo: string | null;
}

export const fine = (name: string, detail: string): Finding => ({ name, level: 'ok', detail, todo: null });
export const warn = (name: string, detail: string, todo: string): Finding => ({ name, level: 'warn', detail, todo });
export const fail = (name: string, detail: string, todo: string | null = null): Finding => ({
  name,
  level: 'fail',
  detail,
  todo,
});
