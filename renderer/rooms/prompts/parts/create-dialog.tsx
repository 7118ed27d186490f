import { useId, useState } from 'react';
import type { ReactElement } from 'react';
import type { Prompt } from '../../../../electron/contract/entities/prompt.ts';
import { Button, Dialog, Input, Textarea, toast } from '../../../kit/index.ts';
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
  const base = useId();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  const { run, busy, fault } = useAction((asked: { name: string; text: string; note: string }) =>
    call('prompt.create', asked),
  );
  const missing = name.trim() === '' ? t('nameMissing') : text.trim() === '' ? t('textMissing') : null;
  const submit = async (): Promise<void> => {
    setTried(true);
    if (missing !== null) return;
    const prompt = await run({ name: name.trim(), text, note: note.trim() });
    if (prompt === undefined) return;
    setName('');
    setText('');
    setNote('');
    setTried(false);
    toast({ text: t('created', { name: prompt.name }), level: 'success' });
    onCreated(prompt);
  };
  const problem = fault?.detail ?? (tried ? missing : null);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('create')}
      width="lg"
      footer={
        <>
          <Button
            look="ghost"
            onClick={() => {
              onOpenChange(false);
            }}
          >
            {t('cancel')}
          </Button>
          <Button look="primary" busy={busy} onClick={() => void submit()}>
            {t('createDo')}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Labelled id={`${base}-name`} label={t('name')}>
          <Input
            id={`${base}-name`}
            value={name}
            maxLength={200}
            aria-invalid={tried && name.trim() === '' ? true : undefined}
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        </Labelled>
        <Labelled id={`${base}-text`} label={t('text')}>
          <Textarea
            id={`${base}-text`}
            value={text}
            rows={9}
            placeholder={t('createHint')}
            maxLength={200_000}
            aria-invalid={tried && text.trim() === '' ? true : undefined}
            onChange={(event) => {
              setText(event.target.value);
            }}
          />
        </Labelled>
        <Labelled id={`${base}-note`} label={t('note')}>
          <Input
            id={`${base}-note`}
            value={note}
            maxLength={2000}
            placeholder={t('noteHint')}
            onChange={(event) => {
              setNote(event.target.value);
            }}
          />
        </Labelled>
        <p role="alert" className="min-h-5 text-sm text-failed-ink">
          {problem}
        </p>
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Dialog>
  );
};

export const Labelled = ({
  id,
  label,
  children,
}: {
  readonly id: string;
  readonly label: string;
  readonly children: ReactElement;
}): ReactElement => (
  <div className="flex flex-col gap-1">
    <label htmlFor={id} className="text-xs font-medium text-ink-2">
      {label}
    </label>
    {children}
  </div>
);
