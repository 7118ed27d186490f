/** Each header by the environment variable that holds its value. */
export type Headers = Record<string, { env: string }>;

/** Headers as a person writes them: one a line, `name: VARIABLE`. */
export const writeHeaders = (headers: Headers): string =>
  Object.entries(headers)
    .map(([name, { env }]) => `${name}: ${env}`)
    .join('\n');

const LINE = /^([A-Za-z0-9-]{1,64})\s*:\s*\$?([A-Za-z_][A-Za-z0-9_]{0,199})$/u;

/** What was written, or the first line (from 1) that is no header. A secret in place of a variable is such a line, mostly. */
export function readHeaders(typed: string): { readonly headers: Headers } | { readonly wrongLine: number } {
  const headers: Headers = {};
  /** Names say the same in capitals (RFC 9110, 5.1). */
  const names = new Set<string>();
  for (const [at, line] of typed.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, name, env] = LINE.exec(line.trim()) ?? [];
    if (name === undefined || env === undefined || names.has(name.toLowerCase())) return { wrongLine: at + 1 };
    names.add(name.toLowerCase());
    headers[name] = { env };
  }
  return { headers };
}
