import { useId, useState } from 'react';
import type { ReactElement } from 'react';
import { Button, Dialog, Input } from '../../../kit/index.ts';
import { promptsText } from '../text.ts';
import { Labelled } from './create-dialog.tsx';

export interface NameDialogProps {
  readonly title: string;
  readonly label: string;
  readonly hint?: string;
  readonly start: string;
  readonly doLabel: string;
  /** The sentence to show, or null when the name will do. */
  readonly check: (name: string) => string | null;
  readonly busy: boolean;
  /** What the core said last, if it refused. */
  readonly refusal: string | null;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

/** Asks for one short name. */
export const NameDialog = (props: NameDialogProps): ReactElement => {
  const { title, label, hint, start, doLabel, check, busy, refusal, onDone, onClose } = props;
  const t = promptsText.useText();
  const id = useId();
  const [name, setName] = useState(start);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (): void => {
    const found = check(name);
    setProblem(found);
    if (found === null) onDone(name.trim());
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={title}
      width="sm"
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" busy={busy} onClick={submit}>
            {doLabel}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Labelled id={id} label={label}>
          <Input
            id={id}
            value={name}
            maxLength={200}
            placeholder={hint}
            aria-invalid={problem === null ? undefined : true}
            aria-describedby={`${id}-problem`}
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        </Labelled>
        <p id={`${id}-problem`} role="alert" className="mt-1 min-h-5 text-sm text-failed-ink">
          {problem ?? refusal}
        </p>
      </form>
    </Dialog>
  );
};
