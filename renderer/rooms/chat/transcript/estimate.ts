import type { Block } from '../markdown/split.ts';

const LINE_PX = 24;
const CODE_LINE_PX = 20;
const GAP_PX = 12;
const CHARS_A_LINE = 78;

export const SKELETON_PX = 132;
const HEAD_PX = 40;
const FOOT_PX = 44;

/** Lines a text takes at the reading measure. Wide scripts take two places a character. */
function linesOf(text: string): number {
  let lines = 0;
  let places = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) {
      lines += Math.max(1, Math.ceil(places / CHARS_A_LINE));
      places = 0;
    } else places += code > 0x2e80 ? 2 : 1;
  }
  return lines + Math.max(1, Math.ceil(places / CHARS_A_LINE));
}

export function estimateBlock(block: Block): number {
  if (block.kind === 'code') {
    const lines = block.text.split('\n').length;
    const ends = block.part === 'whole' || block.part === 'first' ? 60 : 0;
    return block.language === 'mermaid' ? 320 : lines * CODE_LINE_PX + ends;
  }
  if (block.kind === 'math') return 72;
  const rows = block.text.startsWith('|') ? block.text.split('\n').length * 12 : 0;
  return linesOf(block.text) * LINE_PX + rows + (block.joined ? 0 : GAP_PX);
}

/** A message that was never drawn: from its length alone, since splitting thousands would cost a frame. */
export const estimateMessage = (text: string): number =>
  HEAD_PX + FOOT_PX + (text.length > 20_000 ? (text.length / 60) * LINE_PX : linesOf(text) * LINE_PX);

export const partEstimates = (blocks: readonly Block[]): number[] => [HEAD_PX, ...blocks.map(estimateBlock), FOOT_PX];
