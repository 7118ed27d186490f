import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBegin, makeEnd, makeStore, playTurn, type TestStore } from '../../test/flow/storage-kit.ts';

interface Node {
  readonly id: string;
  readonly parent: Node | null;
  readonly role: 'user' | 'assistant';
  readonly order: number;
}

/** The tree as plain objects, to compare the stored one with. */
function createModel() {
  const nodes: Node[] = [];
  const pathOf = (node: Node | null): Node[] => (node ? [...pathOf(node.parent), node] : []);
  const isBelow = (node: Node | null, top: Node): boolean =>
    node !== null && (node === top || isBelow(node.parent, top));
  return {
    nodes,
    pathOf,
    add: (id: string, parent: Node | null, role: Node['role']): Node => {
      const node = { id, parent, role, order: nodes.length };
      nodes.push(node);
      return node;
    },
    siblings: (node: Node) => nodes.filter((other) => other.parent === node.parent).map(({ id }) => id),
    newestLeaf: (top: Node): Node | undefined =>
      nodes.filter((node) => isBelow(node, top) && !nodes.some((other) => other.parent === node)).at(-1),
    drop: (gone: Node[]) => nodes.splice(0, nodes.length, ...nodes.filter((node) => !gone.includes(node))),
  };
}

const step = fc.record({ kind: fc.constantFrom('ask', 'ask', 'ask', 'again', 'edit', 'show'), pick: fc.nat(1000) });

function applyStep(
  kit: TestStore,
  model: ReturnType<typeof createModel>,
  c: string,
  kind: string,
  pick: number,
): Node | null {
  const { chat } = kit.store;
  const users = model.nodes.filter(({ role }) => role === 'user');
  const replies = model.nodes.filter(({ role }) => role === 'assistant');
  const user = users[pick % Math.max(users.length, 1)];
  const any = model.nodes[pick % Math.max(model.nodes.length, 1)];
  if (kind === 'show' && any) {
    chat.showBranch(any.id);
    return model.newestLeaf(any) ?? null;
  }
  const again = kind === 'again' && user ? user : null;
  const parent = kind === 'edit' && user ? user.parent : (replies[pick % Math.max(replies.length, 1)] ?? null);
  const begin = makeBegin(kit.mintId, c, again ? again.id : (parent?.id ?? null), again ? null : 'q');
  chat.beginTurn(begin);
  chat.endTurn(makeEnd(begin, 'a'));
  return model.add(begin.replyId, again ?? model.add(begin.replyParentId, parent, 'user'), 'assistant');
}

describe('the message tree', () => {
  it('reads back the same branches, windows and siblings as a tree of plain objects', () => {
    const kit = makeStore();
    const { chat } = kit.store;
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 30 }),
        (steps, from, limit) => {
          const model = createModel();
          const c = kit.mintId();
          let head: Node | null = null;
          for (const { kind, pick } of steps) head = applyStep(kit, model, c, kind, pick) ?? head;
          const path = model.pathOf(head);
          const ids = path.map(({ id }) => id);
          const whole = chat.thread(c, 0, 500);
          expect(whole.messages.map(({ id }) => id)).toEqual(ids);
          expect(whole.messages.map(({ depth }) => depth)).toEqual(ids.map((_, i) => i));
          expect(whole.messages.map(({ siblingIds }) => siblingIds)).toEqual(path.map((node) => model.siblings(node)));
          expect(chat.thread(c, from, limit).messages.map(({ id }) => id)).toEqual(ids.slice(from, from + limit));
          expect(chat.thread(c, null, limit).messages.map(({ id }) => id)).toEqual(ids.slice(-limit));
          expect(chat.path(head?.id ?? '').map(({ id }) => id)).toEqual(ids);
          expect(chat.get(c)).toMatchObject({ headMessageId: head?.id, messageCount: model.nodes.length });
          for (const node of model.nodes) expect(chat.indexOf(node.id)).toBe(model.pathOf(node).length - 1);
        },
      ),
      { numRuns: 60, seed: 11 },
    );
    expect(kit.store.check(true)).toMatchObject({ ok: true });
  });

  it('gives the newest messages that together hold the characters asked for', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const first = playTurn(kit, c, null, 'one', 'two');
    const second = playTurn(kit, c, first.replyId, 'three', 'four');
    expect(kit.store.chat.path(second.replyId, 5).map(({ text }) => text)).toEqual(['three', 'four']);
  });

  it('takes a queued turn back and moves what was queued behind it up', () => {
    const kit = makeStore();
    const { chat } = kit.store;
    const c = kit.mintId();
    const first = playTurn(kit, c, null, 'one', 'two');
    const queued = makeBegin(kit.mintId, c, first.replyId, 'three', { replyStatus: 'queued' });
    chat.beginTurn(queued);
    const behind = makeBegin(kit.mintId, c, queued.replyId, 'four', { replyStatus: 'queued' });
    chat.beginTurn(behind);
    const conversation = chat.dropQueued(queued.replyId);
    expect(conversation).toMatchObject({ messageCount: 4, headMessageId: behind.replyId });
    expect(chat.thread(c, null, 50).messages.map(({ text, depth }) => [text, depth])).toEqual([
      ['one', 0],
      ['two', 1],
      ['four', 2],
      ['', 3],
    ]);
    expect(chat.dropQueued(behind.replyId)).toMatchObject({ messageCount: 2, headMessageId: first.replyId });
    expect(kit.store.traces.get(queued.traceId)).toBeNull();
    expect(kit.store.check(true)).toMatchObject({ ok: true });
  });

  it('takes only the reply back when a queued regeneration is stopped', () => {
    const kit = makeStore();
    const c = kit.mintId();
    const first = playTurn(kit, c, null, 'one', 'two');
    const again = makeBegin(kit.mintId, c, first.userId, null, { replyStatus: 'queued' });
    kit.store.chat.beginTurn(again);
    expect(kit.store.chat.dropQueued(again.replyId)).toMatchObject({ messageCount: 2, headMessageId: first.replyId });
  });

  it('refuses to take back a reply that has started', () => {
    const kit = makeStore();
    const begin = makeBegin(kit.mintId, kit.mintId(), null, 'one', { replyStatus: 'queued' });
    kit.store.chat.beginTurn(begin);
    kit.store.chat.startReply(begin.replyId);
    expect(() => kit.store.chat.dropQueued(begin.replyId)).toThrow(/started/);
  });

  it('refuses a parent of another conversation and stores nothing', () => {
    const kit = makeStore();
    const first = playTurn(kit, kit.mintId(), null, 'one', 'two');
    const other = kit.mintId();
    expect(() => kit.store.chat.beginTurn(makeBegin(kit.mintId, other, first.replyId, 'three'))).toThrow(/another/);
    expect(kit.store.chat.get(other)).toBeNull();
  });
});
