import { useState } from 'react';
import { FormDialog } from './dialog.tsx';
import { Input } from './field.tsx';
import { Labelled } from './labelled.tsx';

export interface NameDialogProps {
  readonly title: string;
  readonly label: string;
  /** An example, in the empty field. */
  readonly hint?: string;
  /** What stands there at first, marked so that typing replaces it. */
  readonly start: string;
  readonly doLabel: string;
  /** The sentence to show, or null when the name will do. Without it any name but an empty one does. */
  readonly check?: (name: string) => string | null;
  readonly busy?: boolean;
  /** What went wrong when it was last tried. */
  readonly refusal?: string | null;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

const MAX_CHARS = 200;

/** Asks for one short name. */
export function NameDialog(props: NameDialogProps) {
  const { title, label, hint, start, doLabel, check, busy = false, refusal = null, onDone, onClose } = props;
  const [name, setName] = useState(start);
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <FormDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={title}
      width="sm"
      submitLabel={doLabel}
      busy={busy}
      disabled={check === undefined && name.trim() === ''}
      onSubmit={() => {
        const found = check?.(name) ?? null;
        setProblem(found);
        if (found === null) onDone(name.trim());
      }}
    >
      <Labelled label={label} problem={problem ?? refusal}>
        {(ids) => (
          <Input
            {...ids}
            value={name}
            maxLength={MAX_CHARS}
            {...(hint === undefined ? {} : { placeholder: hint })}
            onFocus={(event) => {
              event.target.select();
            }}
            onChange={(event) => {
              setName(event.target.value);
              setProblem(null);
            }}
          />
        )}
      </Labelled>
    </FormDialog>
  );
}
