import { useState } from 'react';
import { readUsd } from '../../../common/amounts.ts';
import { DraftInput } from './draft-input.tsx';

/** An amount in USD; empty = no limit. */
export function MoneyInput({
  label,
  value,
  placeholder,
  onChange,
  onWrong,
}: {
  readonly label: string;
  readonly value: number | null;
  readonly placeholder: string;
  readonly onChange: (value: number | null) => void;
  readonly onWrong: (wrong: boolean) => void;
}) {
  const [wrong, setWrong] = useState(false);
  return (
    <span className="flex items-center gap-1.5">
      <span aria-hidden className="text-sm text-ink-3">
        $
      </span>
      <DraftInput
        className="tabular w-28 text-right"
        label={label}
        placeholder={placeholder}
        value={value === null ? '' : String(value)}
        invalid={wrong}
        onCommit={(typed) => {
          const read = readUsd(typed);
          setWrong(read === undefined);
          onWrong(read === undefined);
          if (read !== undefined) onChange(read);
        }}
      />
    </span>
  );
}
