// Writes turns until it is killed. Says on standard output what is stored, after it is stored: that must never be lost.
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../electron/base/clock.ts';
import { createMintId } from '../../electron/base/ids.ts';
import { silentLog } from '../../electron/base/log.ts';
import { openStore } from '../../electron/storage/index.ts';
import { makeBegin, makeEnd, makeSpan } from './storage-rows.ts';

const folder = process.argv[2] ?? '';
const mintId = createMintId(systemClock, (bytes) => randomFillSync(bytes));
const store = openStore({
  path: join(folder, 'switchyard.db'),
  snapshotDir: join(folder, 'snapshots'),
  clock: systemClock,
  mintId,
  log: silentLog,
});
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

store.chat.closeInterrupted(systemClock.now());
let conversationId = mintId();
let parentId: string | null = null;

function playTurn(turn: number): void {
  if (turn % 3 === 0) {
    conversationId = mintId();
    parentId = null;
  }
  const begin = makeBegin(mintId, conversationId, parentId, `Question ${turn}`);
  store.chat.beginTurn(begin);
  say({ conversationId, messageId: begin.userMessage?.id, chars: `Question ${turn}`.length });
  let text = '';
  for (let delta = 0; delta < 12; delta++) {
    text += 'so many words '.repeat(40);
    store.chat.checkpoint(begin.replyId, text);
    say({ conversationId, messageId: begin.replyId, chars: text.length });
  }
  store.chat.endTurn(makeEnd(begin, text, { spans: [makeSpan(mintId())] }));
  parentId = begin.replyId;
  // A turn of the event loop, so that what was said leaves and checkpoints of the WAL can run.
  setImmediate(() => playTurn(turn + 1));
}
playTurn(1);
