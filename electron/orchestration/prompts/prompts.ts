import { say } from '../../contract/sentences/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { MintId } from '../../base/ids.ts';
import type { Prompt, PromptVersion } from '../../contract/entities/prompt.ts';
import { refuse } from '../../contract/faults.ts';
import type { Store } from '../../storage/store.ts';
import type { Announce } from '../announce.ts';
import { cleanName } from '../chats/chats.ts';

export interface Prompts {
  list(): Prompt[];
  versions(promptId: string): PromptVersion[];
  create(input: { name: string; text: string; note: string }): Prompt;
  addVersion(input: { promptId: string; text: string; note: string }): PromptVersion;
  rename(promptId: string, name: string): Prompt;
  label(promptId: string, label: string, versionId: string | null): Prompt;
}

export interface PromptsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly mintId: MintId;
  readonly announce: Announce;
}

const cleanPrompt = (text: string): string => {
  const clean = text.replace(/\r\n?/g, '\n').toWellFormed();
  if (clean.trim() === '') throw refuse(say('app.prompt.empty'));
  return clean;
};

/** System prompts with versions that never change; labels say which version is in force. */
export function createPrompts({ store, clock, mintId, announce }: PromptsDeps): Prompts {
  const { prompts } = store;
  const need = (promptId: string): Prompt => {
    const prompt = prompts.get(promptId);
    if (!prompt) throw refuse(say('app.prompt.gone'), 'not_found');
    return prompt;
  };
  const changed = <T>(result: T): T => {
    announce.topics(['prompts']);
    return result;
  };

  return {
    list: () => prompts.list(),
    versions(promptId) {
      need(promptId);
      return prompts.versions(promptId);
    },
    create({ name, text, note }) {
      const ids = { id: mintId(), versionId: mintId() };
      const prompt = prompts.create({
        ...ids,
        name: cleanName(name, 'app.prompt.name_empty'),
        text: cleanPrompt(text),
        note,
        at: clock.now(),
      });
      // A first version is in force at once: a prompt nobody labelled would silently do nothing.
      if (prompt.labels['production'] !== undefined) return changed(prompt);
      return changed(prompts.label(prompt.id, 'production', ids.versionId, clock.now()));
    },
    addVersion({ promptId, text, note }) {
      const { latestVersionId } = need(promptId);
      const clean = cleanPrompt(text);
      if (prompts.version(latestVersionId)?.text === clean) throw refuse(say('app.prompt.same'), 'conflict');
      return changed(prompts.addVersion({ id: mintId(), promptId, text: clean, note, at: clock.now() }));
    },
    rename(promptId, name) {
      need(promptId);
      return changed(prompts.rename(promptId, cleanName(name, 'app.prompt.name_empty'), clock.now()));
    },
    label(promptId, label, versionId) {
      need(promptId);
      if (versionId !== null && prompts.version(versionId)?.promptId !== promptId)
        throw refuse(say('app.prompt.other_version'), 'not_found');
      return changed(prompts.label(promptId, cleanName(label, 'app.prompt.label_empty'), versionId, clock.now()));
    },
  };
}
