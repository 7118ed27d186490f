import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, Dialog, FormDialog, Input, Labelled } from '../../../kit/index.ts';
import { readUsd, readWhole } from '../../../common/amounts.ts';
import { said } from '../../../common/core-words/index.ts';
import { call, useAction } from '../../../link/index.ts';
import { text } from '../text.ts';

const EMPTY = { name: '', requestsPerMinute: '', concurrency: '', usdPerDay: '' };
type Field = keyof typeof EMPTY;

/** Makes a token and shows it once. */
export function TokenDialog({
  open,
  taken,
  onOpenChange,
  onCopy,
}: {
  readonly open: boolean;
  readonly taken: readonly string[];
  readonly onOpenChange: (open: boolean) => void;
  readonly onCopy: (token: string) => void;
}) {
  const t = text.useText();
  const [typed, setTyped] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  useEffect(() => {
    if (!open) return;
    setTyped(EMPTY);
    setTried(false);
    setMade(null);
  }, [open]);
  const { run, busy, fault } = useAction(call<'api.createToken'>);
  const limits = {
    requestsPerMinute: readWhole(typed.requestsPerMinute),
    concurrency: readWhole(typed.concurrency),
    usdPerDay: readUsd(typed.usdPerDay),
  };
  const name = typed.name.trim();
  const wrong: Record<Field, string | null> = {
    name: name === '' ? t('tokenNameMissing') : taken.includes(name) ? t('tokenNameTaken') : null,
    requestsPerMinute: limits.requestsPerMinute === undefined ? t('tokenNumberWrong') : null,
    concurrency: limits.concurrency === undefined ? t('tokenNumberWrong') : null,
    usdPerDay: limits.usdPerDay === undefined ? t('budgetWrong') : null,
  };
  const create = async (): Promise<void> => {
    setTried(true);
    const { requestsPerMinute, concurrency, usdPerDay } = limits;
    if (wrong.name !== null || requestsPerMinute === undefined || concurrency === undefined || usdPerDay === undefined)
      return;
    const answer = await run('api.createToken', { name, requestsPerMinute, concurrency, usdPerDay });
    if (answer) setMade(answer.token);
  };
  const field = (key: Field, label: string, placeholder: string) => (
    <Labelled label={label} problem={tried ? wrong[key] : null}>
      {(ids) => (
        <Input
          {...ids}
          value={typed[key]}
          placeholder={placeholder}
          maxLength={100}
          inputMode={key === 'name' ? 'text' : 'decimal'}
          onChange={(event) => {
            const { value } = event.target;
            setTyped((now) => ({ ...now, [key]: value }));
          }}
        />
      )}
    </Labelled>
  );
  if (made === null)
    return (
      <FormDialog
        open={open}
        onOpenChange={onOpenChange}
        title={t('tokenNew')}
        description={t('tokenNewHint')}
        submitLabel={t('tokenCreate')}
        busy={busy}
        problem={fault === null ? null : said(fault.detail)}
        onSubmit={() => void create()}
      >
        {field('name', t('tokenName'), t('tokenNameHint'))}
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
          {field('requestsPerMinute', t('tokenRate'), t('budgetNone'))}
          {field('concurrency', t('tokenConcurrency'), t('budgetNone'))}
          {field('usdPerDay', t('tokenBudget'), t('budgetNone'))}
        </div>
      </FormDialog>
    );
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('tokenMade')}
      description={t('tokenOnce')}
      footer={
        <Button
          look="primary"
          onClick={() => {
            onOpenChange(false);
          }}
        >
          {t('done')}
        </Button>
      }
    >
      <div className="flex items-start gap-2">
        <code className="min-w-0 flex-1 rounded-md bg-sunken px-3 py-1.5 font-mono text-xs break-all select-all">
          {made}
        </code>
        <Button
          icon={Copy}
          onClick={() => {
            onCopy(made);
          }}
        >
          {t('copy')}
        </Button>
      </div>
    </Dialog>
  );
}
