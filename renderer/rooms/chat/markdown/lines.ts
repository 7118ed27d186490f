/** What one line of Markdown can begin. The splitter needs no more of the grammar than this. */
export interface FenceStart {
  readonly indent: number;
  readonly marker: string;
  readonly language: string;
}

const FENCE = /^( {0,3})(`{3,}|~{3,})(.*)$/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])([ \t]+|$)(.*)$/;

export const isBlank = (line: string): boolean => /^[ \t]*$/.test(line);
export const isHeading = (line: string): boolean => /^ {0,3}#{1,6}(?:[ \t]|$)/.test(line);
export const isRule = (line: string): boolean =>
  /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/.test(line);
export const isUnderline = (line: string): boolean => /^ {0,3}(?:=+|-+)[ \t]*$/.test(line);
export const isQuote = (line: string): boolean => /^ {0,3}>/.test(line);
export const isIndented = (line: string): boolean => /^(?: {4}| {0,3}\t)/.test(line);
export const isHtml = (line: string): boolean => /^ {0,3}<[a-zA-Z/!?]/.test(line);
export const isDelimiterRow = (line: string): boolean =>
  line.length <= 2_000 &&
  line.includes('-') &&
  /^ {0,3}\|?(?:[ \t]*:?-+:?[ \t]*\|)*(?:[ \t]*:?-+:?)?[ \t]*$/.test(line);

export function fenceStart(line: string): FenceStart | null {
  const match = FENCE.exec(line);
  if (match === null) return null;
  const [, indent = '', marker = '', info = ''] = match;
  if (marker.startsWith('`') && info.includes('`')) return null;
  return { indent: indent.length, marker, language: (info.trim().split(/[\s{]/)[0] ?? '').toLowerCase() };
}

export function closesFence(line: string, marker: string): boolean {
  const match = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line);
  const found = match?.[1] ?? '';
  return found.length >= marker.length && found[0] === marker[0];
}

/** Width of a list marker with its space: lines indented that far belong to the item. null when no item starts here. */
export function itemWidth(line: string): number | null {
  const match = ITEM.exec(line);
  if (match === null) return null;
  const [, indent = '', marker = '', gap = '', rest = ''] = match;
  const space = rest === '' || gap.length > 4 || gap.length === 0 ? 1 : gap.length;
  return indent.length + marker.length + space;
}

/** Only some items may end a paragraph: a bullet with text, or number 1 with text (CommonMark 5.2). */
export const itemEndsParagraph = (line: string): boolean => /^ {0,3}(?:[-*+]|1[.)])[ \t]+\S/.test(line);

export function indentOf(line: string): number {
  let width = 0;
  for (const char of line) {
    if (char === ' ') width += 1;
    else if (char === '\t') width += 4 - (width % 4);
    else break;
  }
  return width;
}

export interface MathStart {
  /** The whole formula when it opens and closes on this line. */
  readonly whole: string | null;
  readonly first: string;
  readonly closes: RegExp;
}

export function mathStart(line: string): MathStart | null {
  const dollars = /^ {0,3}\$\$(?!\$)(.*)$/.exec(line);
  if (dollars !== null) {
    const rest = dollars[1] ?? '';
    const closed = /^(.+?)\$\$[ \t]*$/.exec(rest);
    if (closed !== null) return { whole: (closed[1] ?? '').trim(), first: '', closes: /^/ };
    return rest.includes('$') ? null : { whole: null, first: rest.trim(), closes: /^(.*?)\$\$[ \t]*$/ };
  }
  const bracket = /^ {0,3}\\\[(.*)$/.exec(line);
  if (bracket === null) return null;
  const rest = bracket[1] ?? '';
  const closed = /^(.*?)\\\][ \t]*$/.exec(rest);
  if (closed !== null) return { whole: (closed[1] ?? '').trim(), first: '', closes: /^/ };
  return rest.trim() === '' ? { whole: null, first: '', closes: /^(.*?)\\\][ \t]*$/ } : null;
}

/** How an HTML block ends: at its own end mark, or at a blank line (CommonMark 4.6). */
export function htmlEnd(line: string): RegExp | null {
  if (/^ {0,3}<(?:script|pre|style|textarea)(?:[\s>]|$)/i.test(line)) return /<\/(?:script|pre|style|textarea)>/i;
  if (/^ {0,3}<!--/.test(line)) return /-->/;
  if (/^ {0,3}<\?/.test(line)) return /\?>/;
  if (/^ {0,3}<!\[CDATA\[/.test(line)) return /\]\]>/;
  return null;
}
