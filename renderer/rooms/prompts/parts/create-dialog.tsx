import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Prompt } from '../../../../electron/contract/entities/prompt.ts';
import { FormDialog, Input, Labelled, Textarea, toast } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { promptsText } from '../text.ts';

/** Name, text and note of a first version. */
export const CreateDialog = ({
  open,
  onOpenChange,
  onCreated,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onCreated: (prompt: Prompt) => void;
}): ReactElement => {
  const t = promptsText.useText();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const { run, busy, fault } = useAction((asked: { name: string; text: string; note: string }) =>
    call('prompt.create', asked),
  );
  const submit = async (): Promise<void> => {
    setTried(true);
    if (name.trim() === '' || text.trim() === '') return;
    const prompt = await run({ name: name.trim(), text, note: note.trim() });
    if (prompt === undefined) return;
    setName('');
    setText('');
    setNote('');
    setTried(false);
    toast({ text: t('created', { name: prompt.name }), level: 'success' });
    onCreated(prompt);
  };
  const missing = (value: string, words: 'nameMissing' | 'textMissing'): string | null =>
    tried && value.trim() === '' ? t(words) : null;
  return (
    <FormDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('create')}
      width="lg"
      submitLabel={t('createDo')}
      busy={busy}
      problem={fault?.detail ?? null}
      onSubmit={() => void submit()}
    >
      <Labelled label={t('name')} problem={missing(name, 'nameMissing')}>
        {(ids) => (
          <Input
            {...ids}
            value={name}
            maxLength={200}
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        )}
      </Labelled>
      <Labelled label={t('text')} problem={missing(text, 'textMissing')}>
        {(ids) => (
          <Textarea
            {...ids}
            value={text}
            rows={9}
            placeholder={t('createHint')}
            maxLength={200_000}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
        )}
      </Labelled>
      <Labelled label={t('note')}>
        {(ids) => (
          <Input
            {...ids}
            value={note}
            maxLength={2000}
            placeholder={t('noteHint')}
            onChange={(event) => {
              setNote(event.target.value);
            }}
          />
        )}
      </Labelled>
    </FormDialog>
  );
};
