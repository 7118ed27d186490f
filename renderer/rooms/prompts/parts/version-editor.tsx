import { useId, useMemo, useState } from 'react';
import type { ReactElement } from 'react';
import type { Prompt, PromptVersion } from '../../../../electron/contract/entities/prompt.ts';
import { AlertDialog, Button, formatNumber, Input, Labelled, Textarea, toast } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { compareTexts } from '../../../common/compare-texts.ts';
import { usePromptsRoom } from '../state.ts';
import type { VersionDraft } from '../state.ts';
import { promptsText } from '../text.ts';

export interface VersionEditorProps {
  readonly prompt: Prompt;
  readonly versions: readonly PromptVersion[];
  readonly draft: VersionDraft;
  readonly onStored: (version: PromptVersion) => void;
}

/** Writes the next version. The draft lives in the room's state, so looking elsewhere loses nothing. */
export const VersionEditor = ({ prompt, versions, draft, onStored }: VersionEditorProps): ReactElement => {
  const t = promptsText.useText();
  const base = useId();
  const setDraft = usePromptsRoom((room) => room.setDraft);
  const [asking, setAsking] = useState(false);
  const latest = versions.reduce<PromptVersion | undefined>(
    (best, version) => (best === undefined || version.number > best.number ? version : best),
    undefined,
  );
  const from = versions.find((version) => version.number === draft.fromNumber);
  const next = (latest?.number ?? 0) + 1;
  const changes = useMemo(() => compareTexts(from?.text ?? '', draft.text), [from?.text, draft.text]);
  const { run, busy, fault } = useAction((asked: { promptId: string; text: string; note: string }) =>
    call('prompt.addVersion', asked),
  );
  const same = latest !== undefined && draft.text === latest.text;
  const problem = draft.text.trim() === '' ? t('textMissing') : same ? t('textSame', { number: latest.number }) : null;
  const store = async (): Promise<void> => {
    if (problem !== null) return;
    const version = await run({ promptId: prompt.id, text: draft.text, note: draft.note.trim() });
    if (version === undefined) return;
    setDraft(prompt.id, null);
    toast({ text: t('stored', { number: version.number }), level: 'success' });
    onStored(version);
  };
  const cancel = (): void => {
    if (draft.text !== (from?.text ?? '') || draft.note !== '') setAsking(true);
    else setDraft(prompt.id, null);
  };
  return (
    <form
      aria-label={t('newVersionTitle', { number: next, name: prompt.name })}
      className="flex min-h-0 flex-1 flex-col gap-3 p-5"
      onSubmit={(event) => {
        event.preventDefault();
        void store();
      }}
    >
      <div>
        <h3 className="text-base font-semibold">{t('version', { number: next })}</h3>
        <p className="text-xs text-ink-3">{t('newVersionFrom', { number: draft.fromNumber })}</p>
      </div>
      <div className="flex min-h-48 flex-1 flex-col gap-1">
        <label htmlFor={`${base}-text`} className="text-xs font-medium text-ink-2">
          {t('text')}
        </label>
        <Textarea
          id={`${base}-text`}
          autoFocus
          value={draft.text}
          maxLength={200_000}
          className="min-h-40 flex-1 resize-none font-mono text-xs"
          onChange={(event) => {
            setDraft(prompt.id, { ...draft, text: event.target.value });
          }}
        />
        <p className="tabular flex flex-wrap justify-between gap-x-4 text-xs text-ink-3">
          <span>
            {t('diffSummary', {
              added: t('linesAdded', { count: changes.added }),
              removed: t('linesRemoved', { count: changes.removed }),
            })}
          </span>
          <span>{t('characters', { count: draft.text.length, value: formatNumber(draft.text.length) })}</span>
        </p>
      </div>
      <Labelled label={t('note')}>
        {(ids) => (
          <Input
            {...ids}
            value={draft.note}
            maxLength={2000}
            placeholder={t('noteHint')}
            onChange={(event) => {
              setDraft(prompt.id, { ...draft, note: event.target.value });
            }}
          />
        )}
      </Labelled>
      <div className="flex items-center gap-2">
        <p role="status" className="min-w-0 flex-1 text-sm text-ink-2">
          {fault === null ? problem : <span className="text-failed-ink">{fault.detail}</span>}
        </p>
        <Button look="ghost" onClick={cancel}>
          {t('cancel')}
        </Button>
        <Button look="primary" type="submit" busy={busy} disabled={problem !== null}>
          {t('storeVersion', { number: next })}
        </Button>
      </div>
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={t('discardTitle')}
        description={t('discardText')}
        confirmLabel={t('discardDo')}
        onConfirm={() => {
          setDraft(prompt.id, null);
        }}
      />
    </form>
  );
};
