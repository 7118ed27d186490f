import { FolderOpen } from 'lucide-react';
import { said } from '../../../common/core-words/index.ts';
import { useId, useState } from 'react';
import type { ReactElement } from 'react';
import type { ModelEntry } from '../../../../electron/contract/entities/model.ts';
import { Button, Dialog, Input } from '../../../kit/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { cleanPath, looksLikeGguf } from '../drop.ts';
import { modelsText } from '../text.ts';

/** Choose a file, or write where it is. */
export const ImportDialog = ({
  open,
  onOpenChange,
  onImported,
}: {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly onImported: (model: ModelEntry) => void;
}): ReactElement => {
  const t = modelsText.useText();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const { run, busy, fault } = useAction((path: string | null) => call('model.import', path === null ? {} : { path }));
  const bring = async (path: string | null): Promise<void> => {
    setProblem(null);
    const model = await run(path);
    // Null is an answer too: the person closed the file dialog.
    if (model === undefined || model === null) return;
    setTyped('');
    onImported(model);
  };
  const submit = (): void => {
    const path = cleanPath(typed);
    if (path === null) setProblem(t('pathMissing'));
    else if (!looksLikeGguf(path)) setProblem(t('pathNotGguf'));
    else void bring(path);
  };
  const shown = problem ?? (fault === null ? null : said(fault.detail));
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('importTitle')}
      description={t('importText')}
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
          <Button look="primary" busy={busy} onClick={submit}>
            {t('importDo')}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div>
          <label htmlFor={id} className="text-xs font-medium text-ink-2">
            {t('path')}
          </label>
          <div className="mt-1 flex gap-2">
            <Input
              id={id}
              value={typed}
              placeholder={t('pathHint')}
              spellCheck={false}
              className="font-mono text-xs"
              aria-invalid={shown === null ? undefined : true}
              aria-describedby={`${id}-problem`}
              onChange={(event) => {
                setTyped(event.target.value);
                setProblem(null);
              }}
            />
            <Button icon={FolderOpen} disabled={busy} onClick={() => void bring(null)}>
              {t('choose')}
            </Button>
          </div>
        </div>
        <div id={`${id}-problem`} className="min-h-5 text-sm" role="status">
          {busy ? (
            <span className="text-ink-2">{t('importing')}</span>
          ) : (
            <span className="text-failed-ink">{shown}</span>
          )}
        </div>
      </form>
    </Dialog>
  );
};
