import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button, Dialog, Input } from '../../../kit/index.ts';
import { text as words } from '../text.ts';

export interface NameRequest {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  readonly confirm: string;
  readonly onName: (name: string) => void;
}

const MAX_CHARS = 200;

/** Asks for one name. */
export function NameDialog({
  request,
  onClose,
}: {
  readonly request: NameRequest;
  readonly onClose: () => void;
}): ReactNode {
  const t = words.useText();
  const [name, setName] = useState(request.value);
  const save = (): void => {
    const clean = name.trim();
    if (clean === '') return;
    onClose();
    request.onName(clean);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={request.title}
      width="sm"
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" disabled={name.trim() === ''} onClick={save}>
            {request.confirm}
          </Button>
        </>
      }
    >
      <Input
        aria-label={request.label}
        value={name}
        maxLength={MAX_CHARS}
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) save();
        }}
      />
    </Dialog>
  );
}
