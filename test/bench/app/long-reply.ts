import type { Stage } from '../../support/stage.ts';
import type { Step } from '../../support/scripted-engine.ts';
import { openScriptedApp } from '../../support/scripted-app.ts';
import { quantile, rounded } from '../statistics.ts';
import { watchLongTasks } from './frames.ts';

/** Tokens a second of the stream, as the bar states it, and how they arrive: three every 15 ms. */
const TOKENS_PER_SECOND = 200;
const TOKENS_A_STEP = 3;
const LINES = 3_000;
/** Lines that stream at full length while typing is measured; the ones before arrive at once, so the reply is at its longest. */
const MEASURED_LINES = 300;

export interface LongReplyFigures {
  readonly lines: number;
  readonly tokensPerSecond: number;
  /** Tasks of the page over 50 ms while it streamed; the bar is none. */
  readonly longTasks: readonly number[];
  /** From key press to the next paint; the bar is 50 (p95). */
  readonly typingP95Ms: number;
  readonly keys: number;
  readonly domNodes: number;
}

/** A 3,000-line reply of mixed Markdown streams at 200 tokens/s while somebody types the next message. */
export async function benchLongReply(stage: Stage): Promise<LongReplyFigures> {
  const lines = Array.from({ length: LINES }, (_, at) => markdownLine(at));
  const early = lines.slice(0, LINES - MEASURED_LINES).join('');
  const late =
    lines
      .slice(LINES - MEASURED_LINES)
      .join('')
      .match(/\S+\s*/g) ?? [];
  const steps: Step[] = chunks(early, 20_000).map((say) => ({ say, tokens: 4_000 }));
  steps.push({ waitMs: 3_000 });
  const waitMs = (TOKENS_A_STEP / TOKENS_PER_SECOND) * 1000;
  for (let at = 0; at < late.length; at += TOKENS_A_STEP) {
    steps.push({ say: late.slice(at, at + TOKENS_A_STEP).join(''), tokens: TOKENS_A_STEP }, { waitMs });
  }
  const { page, close } = await openScriptedApp(stage, { 'a long one': steps });
  try {
    const box = page.getByRole('textbox', { name: 'Message', exact: true });
    await box.fill('a long one');
    await box.press('Enter');
    await page.waitForTimeout(3_500);
    const stopWatching = await watchLongTasks(page);
    await page.evaluate(watchKeys);
    const from = performance.now();
    let keys = 0;
    while (performance.now() - from < 12_000) {
      await page.keyboard.press('abcdefghij '[keys++ % 11] ?? 'a');
      await page.waitForTimeout(60);
    }
    const longTasks = await stopWatching();
    const latencies = await page.evaluate(() => (window as unknown as { __keys: number[] }).__keys);
    const domNodes = await page.evaluate(() => document.querySelectorAll('*').length);
    return {
      lines: LINES,
      tokensPerSecond: TOKENS_PER_SECOND,
      longTasks: longTasks.map((ms) => rounded(ms, 0)),
      typingP95Ms: rounded(quantile(latencies, 0.95), 1),
      keys: latencies.length,
      domNodes,
    };
  } finally {
    await close();
  }
}

/** In the page: from the key event's own time stamp to the frame after the text has changed. */
function watchKeys(): void {
  const found: number[] = [];
  Object.assign(window, { __keys: found });
  window.addEventListener(
    'keydown',
    (event) => {
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => found.push(performance.now() - event.timeStamp);
        channel.port2.postMessage(0);
      });
    },
    true,
  );
}

const chunks = (text: string, size: number): string[] => text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];

/** Lines as models write them: prose, lists, code, tables and headings in turn. */
function markdownLine(at: number): string {
  const place = at % 50;
  if (place === 0) return `\n## Part ${at / 50 + 1}\n`;
  if (place === 1) return '\n';
  if (place < 12)
    return `Line ${at} of the answer goes on with **some** words, \`code\` and a [link](https://example.com/${at}).\n`;
  if (place === 12) return '\n```ts\n';
  if (place < 24) return `const value${at} = compute(${at}, { retries: ${at % 5}, label: 'step ${at}' });\n`;
  if (place === 24) return '```\n\n';
  if (place < 34) return `- item ${at} with a short remark about _its_ order\n`;
  if (place === 34) return '\n| name | value | note |\n| --- | ---: | --- |\n';
  if (place < 46) return `| row ${at} | ${at * 3} | measured |\n`;
  if (place === 46) return '\n';
  return `Sum of part: $x_{${at}} = ${at} + 1$ and so on.\n`;
}
