import { say } from '../../contract/sentences/index.ts';
import { MAX_MESSAGE_CHARS } from '../../contract/names.ts';
import { refuse } from '../../contract/faults.ts';

// C0 and C1 controls except tab and line feed: they have no place in a message and break terminals and logs.
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** A message as it is stored: line ends are LF, controls gone, every surrogate paired. Refuses empty and oversized text. */
export function cleanMessage(text: string): string {
  if (text.length > MAX_MESSAGE_CHARS) {
    const limit = MAX_MESSAGE_CHARS.toLocaleString('en-US');
    throw refuse(say('app.message.long', { limit }));
  }
  const clean = text.replace(/\r\n?/g, '\n').replace(CONTROLS, '').toWellFormed();
  if (clean.trim() === '') throw refuse(say('app.message.empty'));
  return clean;
}

const MOST_TITLE_GRAPHEMES = 60;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A title from a first message: its first line that says something, cut at a word within 60 graphemes. */
export function titleFrom(text: string): string {
  const line = text
    .split('\n', 50)
    .map((part) => part.replace(/^[#>*\-\s]+/, '').trim())
    .find((part) => part !== '');
  // The segmenter is slow on long input: 60 graphemes are looked for in the first 1,000 units only.
  const head = (line ?? text.trim()).slice(0, 1000).toWellFormed().replace(/\s+/g, ' ');
  const parts = Array.from(graphemes.segment(head), (part) => part.segment);
  if (parts.length <= MOST_TITLE_GRAPHEMES) return head;
  const cut = parts.slice(0, MOST_TITLE_GRAPHEMES).join('');
  const edge = cut.lastIndexOf(' ');
  return `${(edge > cut.length / 2 ? cut.slice(0, edge) : cut).trimEnd()}…`;
}
