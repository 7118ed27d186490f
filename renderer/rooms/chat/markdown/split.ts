import {
  closesFence,
  fenceStart,
  htmlEnd,
  indentOf,
  isBlank,
  isDelimiterRow,
  isHeading,
  isHtml,
  isIndented,
  isQuote,
  isRule,
  isUnderline,
  itemEndsParagraph,
  itemWidth,
  mathStart,
} from './lines.ts';

/** One piece of a message that is drawn, measured and kept apart. `joined` continues the piece before it without a gap. */
export type Block =
  | { readonly kind: 'text'; readonly text: string; readonly joined: boolean }
  | { readonly kind: 'code'; readonly text: string; readonly language: string; readonly part: CodePart }
  | { readonly kind: 'math'; readonly text: string; readonly open: boolean };
/** Long code is cut into parts so that only what is on screen exists. */
export type CodePart = 'whole' | 'first' | 'middle' | 'last';

export interface Splitter {
  push(chunk: string): void;
  /** The text is whole: whatever is open settles. */
  finish(): void;
  /** Never changes but by growing. */
  readonly settled: readonly Block[];
  /** What is not settled yet, as it looks now. */
  tail(): Block[];
  /** Link definitions seen so far: a link may stand in another block than its definition. */
  definitions(): string;
}

const CODE_LINES = 40;
const TEXT_LINES = 30;
const TEXT_CHARS = 3_000;
const ITEM_LINES = 20;
const LIST_LINES = 120;
const TABLE_ROWS = 30;
/** A line longer than this is cut, at the first space after half of it. */
const LINE_CHARS = 8_000;
const DEFINITION = /^ {0,3}\[(?!\^)[^\]\n]{1,300}\]:[ \t]*\S/;

type Mode = 'none' | 'paragraph' | 'list' | 'quote' | 'table' | 'indented' | 'html' | 'fence' | 'math';

export function createSplitter(): Splitter {
  const settled: Block[] = [];
  const definitions: string[] = [];
  let rest = '';
  let mode: Mode = 'none';
  let lines: string[] = [];
  let chars = 0;
  let joined = false;
  let width = 0;
  let blankBefore = false;
  let ends: RegExp | null = null;
  let fence = { indent: 0, marker: '```', language: '' };
  let cutCode = false;

  const add = (line: string): void => {
    lines.push(line);
    chars += line.length + 1;
  };

  const drop = (next: Mode): void => {
    lines = [];
    chars = 0;
    joined = false;
    blankBefore = false;
    mode = next;
  };

  const openBlock = (last: string | null): Block | null => {
    const all = last === null ? lines : [...lines, last];
    if (mode === 'fence') {
      const part = cutCode ? 'last' : 'whole';
      const text = all.map((line) => stripIndent(line, fence.indent)).join('\n');
      if (fence.language === 'math') return { kind: 'math', text, open: last !== null };
      return { kind: 'code', text, language: fence.language, part };
    }
    if (mode === 'math') return { kind: 'math', text: all.join('\n').trim(), open: last !== null };
    let end = all.length;
    while (end > 0 && isBlank(all[end - 1] ?? '')) end -= 1;
    return end === 0 ? null : { kind: 'text', text: all.slice(0, end).join('\n'), joined };
  };

  const settle = (next: Mode = 'none'): void => {
    const block = mode === 'none' ? null : openBlock(null);
    if (block !== null) {
      if (block.kind === 'text') for (const line of lines) if (DEFINITION.test(line)) definitions.push(line);
      settled.push(block);
    }
    drop(next);
  };

  const cut = (next: Mode): void => {
    settle(next);
    joined = true;
  };

  const settleCode = (): void => {
    const long = fence.language === 'mermaid' || fence.language === 'math' ? 400 : CODE_LINES;
    if (lines.length < long) return;
    const text = lines.map((line) => stripIndent(line, fence.indent)).join('\n');
    settled.push({ kind: 'code', text, language: fence.language, part: cutCode ? 'middle' : 'first' });
    cutCode = true;
    drop('fence');
  };

  const start = (line: string): void => {
    if (isBlank(line)) return;
    const opening = fenceStart(line);
    const math = opening === null ? mathStart(line) : null;
    if (opening !== null) {
      fence = opening;
      cutCode = false;
      mode = 'fence';
    } else if (math !== null) {
      if (math.whole !== null) settled.push({ kind: 'math', text: math.whole, open: false });
      else {
        mode = 'math';
        ends = math.closes;
        if (math.first !== '') add(math.first);
      }
    } else {
      add(line);
      width = itemWidth(line) ?? 0;
      if (isHeading(line) || isRule(line)) {
        mode = 'paragraph';
        settle();
      } else if (isQuote(line)) mode = 'quote';
      else if (width > 0) mode = 'list';
      else if (isIndented(line)) mode = 'indented';
      else if (isHtml(line)) {
        mode = 'html';
        ends = htmlEnd(line);
        if (ends?.test(line) === true) settle();
      } else mode = 'paragraph';
    }
  };

  const restart = (line: string): void => {
    settle();
    start(line);
  };

  /** Begins another block whatever is open, paragraphs included. */
  const interrupts = (line: string): boolean =>
    fenceStart(line) !== null || isHeading(line) || isRule(line) || isQuote(line) || mathStart(line) !== null;

  const paragraph = (line: string): void => {
    if (isBlank(line)) return settle();
    const header = lines.at(-1) ?? '';
    if (isDelimiterRow(line) && (line.includes('|') || header.includes('|')) && header !== '') {
      lines.pop();
      const keep = joined && lines.length === 0;
      if (lines.length > 0) settle('table');
      else drop('table');
      joined = keep;
      add(header);
      return add(line);
    }
    if (isUnderline(line)) {
      add(line);
      return settle();
    }
    if (interrupts(line) || itemEndsParagraph(line)) return restart(line);
    if (lines.length >= TEXT_LINES || chars + line.length > TEXT_CHARS) {
      cut('paragraph');
      return add(line.trimStart());
    }
    add(line);
  };

  const list = (line: string): void => {
    if (isBlank(line)) {
      blankBefore = true;
      return add('');
    }
    const indent = indentOf(line);
    if (indent >= width) {
      if (lines.length >= LIST_LINES || chars > TEXT_CHARS * 4) {
        cut('none');
        return start(line.trimStart());
      }
      blankBefore = false;
      return add(line);
    }
    if (isRule(line)) return restart(line);
    const item = itemWidth(line);
    if (item !== null) {
      if (lines.length >= ITEM_LINES || chars > TEXT_CHARS) {
        cut('list');
      }
      blankBefore = false;
      width = item;
      return add(line);
    }
    if (blankBefore || interrupts(line)) return restart(line);
    add(line);
  };

  const table = (line: string): void => {
    if (isBlank(line)) return settle();
    if (interrupts(line) || itemWidth(line) !== null) return restart(line);
    if (lines.length >= TABLE_ROWS + 2 || chars > TEXT_CHARS * 2) {
      const head = lines.slice(0, 2);
      cut('table');
      head.forEach(add);
    }
    add(line);
  };

  const quote = (line: string): void => {
    if (isBlank(line)) return settle();
    if (!isQuote(line) && (interrupts(line) || itemWidth(line) !== null)) return restart(line);
    if (lines.length >= TEXT_LINES * 2 || chars > TEXT_CHARS * 2) cut('quote');
    add(line);
  };

  const verbatim = (line: string): void => {
    if (mode === 'html') {
      if (ends === null ? isBlank(line) : ends.test(line)) {
        add(line);
        return settle();
      }
    } else if (!isBlank(line) && !isIndented(line)) return restart(line);
    if (lines.length >= TEXT_LINES * 2) cut(mode);
    add(line);
  };

  const math = (line: string): void => {
    const match = ends?.exec(line) ?? null;
    if (match !== null) {
      const before = match[1] ?? '';
      if (before.trim() !== '') add(before);
      return settle();
    }
    add(line);
    if (lines.length >= 200) settle();
  };

  const take = (line: string): void => {
    if (mode === 'fence') {
      if (closesFence(line, fence.marker)) return settle();
      settleCode();
      return add(line);
    }
    if (mode === 'math') return math(line);
    if (mode === 'none') return start(line);
    if (mode === 'paragraph') return paragraph(line);
    if (mode === 'list') return list(line);
    if (mode === 'table') return table(line);
    if (mode === 'quote') return quote(line);
    return verbatim(line);
  };

  const takeLong = (line: string): string => {
    let left = line;
    while (left.length > LINE_CHARS) {
      const at = cutAt(left);
      take(left.slice(0, at));
      left = left.slice(at);
    }
    return left;
  };

  return {
    settled,
    push(chunk) {
      rest += chunk;
      let from = 0;
      for (let at = rest.indexOf('\n', from); at >= 0; at = rest.indexOf('\n', from)) {
        const line = rest.slice(from, rest[at - 1] === '\r' && at > from ? at - 1 : at);
        take(takeLong(line));
        from = at + 1;
      }
      rest = rest.slice(from);
      // A carriage return may be half of a line end: it does not count until it is clear that it is not.
      const held = rest.endsWith('\r') ? 1 : 0;
      if (rest.length - held > LINE_CHARS) rest = takeLong(rest);
    },
    finish() {
      if (rest !== '') take(rest.endsWith('\r') ? rest.slice(0, -1) : rest);
      rest = '';
      settle();
    },
    tail() {
      if (mode === 'none') return rest.trim() === '' ? [] : startedBy(rest);
      const closing = mode === 'fence' && /^[ \t]*[`~]*$/.test(rest);
      const block = openBlock(closing ? null : rest);
      return block === null ? [] : [block];
    },
    definitions: () => definitions.join('\n'),
  };
}

/** The open block when nothing but an unfinished line is there yet. */
function startedBy(line: string): Block[] {
  if (/^ {0,3}(?:`{1,2}|~{1,2}|\${1,2}|\\)$/.test(line)) return [];
  if (fenceStart(line) !== null) return [{ kind: 'code', text: '', language: '', part: 'whole' }];
  return [{ kind: 'text', text: line, joined: false }];
}

function stripIndent(line: string, indent: number): string {
  let at = 0;
  while (at < indent && line[at] === ' ') at += 1;
  return line.slice(at);
}

/** Depends on the line alone, so the same text is cut at the same places however it arrives. */
function cutAt(line: string): number {
  const space = line.slice(0, LINE_CHARS).indexOf(' ', LINE_CHARS / 2);
  if (space >= 0) return space + 1;
  const code = line.charCodeAt(LINE_CHARS - 1);
  return code >= 0xd800 && code <= 0xdbff ? LINE_CHARS - 1 : LINE_CHARS;
}

/** Blocks of a text that is whole. */
export function splitBlocks(text: string): { blocks: readonly Block[]; definitions: string } {
  const splitter = createSplitter();
  splitter.push(text);
  splitter.finish();
  return { blocks: splitter.settled, definitions: splitter.definitions() };
}
