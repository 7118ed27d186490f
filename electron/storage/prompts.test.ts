import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../native/sqlite/index.ts';
import { AT, makeBegin, makeEnd, makeStore } from '../../test/flow/storage-kit.ts';

function withPrompt() {
  const kit = makeStore();
  const [id, versionId] = [kit.mintId(), kit.mintId()];
  const created = kit.store.prompts.create({ id, versionId, name: 'Brief', text: 'Be brief.', note: '', at: AT });
  return { ...kit, prompts: kit.store.prompts, id, versionId, created };
}

describe('prompts', () => {
  it('count their versions up and keep labels where they were put', () => {
    const { prompts, mintId, id, versionId, created } = withPrompt();
    expect(created).toMatchObject({ latestVersionId: versionId, versionCount: 1, labels: {} });
    prompts.label(id, 'production', versionId, AT);
    const second = prompts.addVersion({
      id: mintId(),
      promptId: id,
      text: 'Be very brief.',
      note: 'shorter',
      at: AT + 1,
    });
    expect(second).toMatchObject({ number: 2, replyCount: 0, text: 'Be very brief.' });
    expect(prompts.get(id)).toMatchObject({
      latestVersionId: second.id,
      versionCount: 2,
      labels: { production: versionId },
    });
    expect(prompts.label(id, 'production', second.id, AT).labels).toEqual({ production: second.id });
    expect(prompts.label(id, 'production', null, AT).labels).toEqual({});
    expect(prompts.versions(id).map(({ number }) => number)).toEqual([2, 1]);
    expect(prompts.rename(id, 'Short', AT + 2)).toMatchObject({ name: 'Short', updatedAt: AT + 2 });
    expect(prompts.list()).toHaveLength(1);
  });

  it('refuse the same text again, labels on a stranger version, and any change of a version', () => {
    const { prompts, mintId, id, path } = withPrompt();
    expect(() => prompts.addVersion({ id: mintId(), promptId: id, text: 'Be brief.', note: '', at: AT })).toThrow(
      /same text as/,
    );
    expect(() => prompts.label(id, 'production', mintId(), AT)).toThrow(/no version/);
    const db = openDatabase({ path });
    for (const sql of [`UPDATE prompt_versions SET text = ''`, 'DELETE FROM prompt_versions'])
      expect(() => db.exec(sql)).toThrow(/never changes/);
    db.close();
  });

  it('know how many replies a version wrote and how they were rated', () => {
    const kit = withPrompt();
    for (const rating of ['up', 'up', 'down', null] as const) {
      const begin = makeBegin(kit.mintId, kit.mintId(), null, 'q', { promptVersionId: kit.versionId });
      kit.store.chat.beginTurn(begin);
      kit.store.chat.endTurn(makeEnd(begin, 'a'));
      if (rating)
        kit.store.feedback.give({ id: kit.mintId(), messageId: begin.replyId, rating, reason: null, note: '', at: AT });
    }
    expect(kit.prompts.version(kit.versionId)).toMatchObject({ replyCount: 4, upCount: 2, downCount: 1 });
  });
});

describe('model records', () => {
  it('keep imported files and measurements over a restart', () => {
    const kit = makeStore();
    const model = { id: 'local/x', path: '/models/x.gguf', name: 'X', addedAt: AT, origin: 'file' as const };
    const measured = {
      backend: 'cpu',
      decodeThreads: 1,
      prefillThreads: 2,
      decodeTokensPerSecond: 90.5,
      prefillTokensPerSecond: 700,
      measuredAt: AT,
    };
    kit.store.models.addImported({ ...model, name: 'Old' });
    kit.store.models.addImported(model);
    kit.store.models.saveMeasurement('machine:cpu:x', measured);
    kit.store.dispose();
    const { models } = kit.reopen();
    expect(models.imported()).toEqual([model]);
    expect(models.measurement('machine:cpu:x')).toEqual(measured);
    expect(models.measurement('other')).toBeNull();
    models.removeImported('local/x');
    expect(models.imported()).toEqual([]);
  });

  it('tell the newest measurement, also of what was asked for before it was measured', () => {
    const { models } = makeStore().store;
    const made = (decodeThreads: number) => ({
      backend: 'cpu',
      decodeThreads,
      prefillThreads: 2,
      decodeTokensPerSecond: 90.5,
      prefillTokensPerSecond: 700,
      measuredAt: AT,
    });
    expect(models.measurement('machine:cpu:x')).toBeNull();
    for (const threads of [1, 2]) {
      models.saveMeasurement('machine:cpu:x', made(threads));
      expect(models.measurement('machine:cpu:x')).toEqual(made(threads));
    }
  });
});
