/**
 * Writes `$x$` and `\(x\)` as `$$x$$`, the one inline form the parser is set to read. A dollar opens only before and closes
 * only after something that is no space, and never before a digit (Pandoc's rule), so that prices stay prices.
 */
export function markFormulas(text: string): string {
  if (!text.includes('$') && !text.includes('\\(')) return text;
  let out = '';
  let at = 0;
  while (at < text.length) {
    const char = text[at];
    if (char === '`') {
      const run = /^`+/.exec(text.slice(at))?.[0] ?? '`';
      const close = text.indexOf(run, at + run.length);
      const end = close < 0 ? at + run.length : close + run.length;
      out += text.slice(at, end);
      at = end;
    } else if (char === '\\') {
      const end = text[at + 1] === '(' ? text.indexOf('\\)', at + 2) : -1;
      const body = end < 0 ? '' : text.slice(at + 2, end).trim();
      if (body !== '' && !body.includes('\n\n') && !body.includes('$')) {
        out += `$$${body}$$`;
        at = end + 2;
      } else {
        out += text.slice(at, at + 2);
        at += 2;
      }
    } else if (char === '$') {
      const run = /^\$+/.exec(text.slice(at))?.[0] ?? '$';
      const found =
        run === '$' ? /^\$(?!\s)((?:\\.|[^\\$\n`])*?[^\s\\$`])\$(?!\d)/.exec(text.slice(at, at + 2_000)) : null;
      if (found !== null) {
        out += `$$${found[1] ?? ''}$$`;
        at += found[0].length;
      } else {
        out += run;
        at += run.length;
      }
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

export const hasFormula = (marked: string): boolean => marked.includes('$$');
