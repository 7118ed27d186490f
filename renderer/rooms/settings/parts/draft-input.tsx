import { useEffect, useState } from 'react';
import { Input } from '../../../kit/index.ts';

export interface DraftInputProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly inputMode?: 'numeric' | 'text';
  readonly invalid?: boolean;
  readonly className?: string;
  /** On Enter and on leaving, when it changed. */
  readonly onCommit: (value: string) => void;
}

/** Text that is saved when a person is done with it, not at every key. Escape takes the change back. */
export function DraftInput({ label, value, invalid = false, onCommit, ...rest }: DraftInputProps) {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  const commit = (): void => {
    if (draft !== value) onCommit(draft);
  };
  return (
    <Input
      {...rest}
      aria-label={label}
      aria-invalid={invalid ? true : undefined}
      spellCheck={false}
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setDraft(value);
      }}
    />
  );
}
