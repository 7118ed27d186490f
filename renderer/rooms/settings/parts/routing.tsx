import { FilePen, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { BUILT_IN_POLICIES } from '../../../../electron/contract/names.ts';
import type { PolicyEntry } from '../../../../electron/contract/policy.ts';
import { Button, Select } from '../../../kit/index.ts';
import { call, useAction, useCall } from '../../../link/index.ts';
import { text } from '../text.ts';
import { PolicyDialog } from './policy-dialog.tsx';
import { Row, Section } from './section.tsx';
import { said } from '../../../common/core-words/index.ts';

/** Which policy decides, and the way to change one. */
export function RoutingSection() {
  const t = text.useText();
  const { data, fault } = useCall('policy.list', {}, { topics: ['policies', 'settings'] });
  const { run, busy, fault: useFault } = useAction((name: string) => call('policy.use', { name }));
  const [editing, setEditing] = useState<string | null>(null);
  const policies = data?.policies ?? [];
  const inUse = policies.find((policy) => policy.inUse);
  const whatIs = ({ name, description, builtIn }: PolicyEntry): string => {
    const known = BUILT_IN_POLICIES.find((each) => each === name);
    return builtIn && known !== undefined ? t(`policyWhat.${known}`) : description;
  };
  const problem = said(useFault?.detail ?? fault?.detail ?? '') || null;
  return (
    <Section id="routing" title={t('routing')}>
      <Row label={t('policy')} hint={inUse === undefined ? t('policyHint') : whatIs(inUse)} problem={problem}>
        <div className="flex flex-wrap justify-end gap-2">
          <Select
            className="w-52"
            align="end"
            label={t('policy')}
            value={inUse?.name ?? ''}
            disabled={busy || policies.length === 0}
            options={[...policies.filter(({ builtIn }) => builtIn), ...policies.filter(({ builtIn }) => !builtIn)].map(
              (policy) => ({
                value: policy.name,
                label: policy.name,
                hint: policy.builtIn ? whatIs(policy) : t('policyVersion', { value: policy.version }),
                ...(policies.every(({ builtIn }) => builtIn)
                  ? {}
                  : { group: t(policy.builtIn ? 'policyGroupBuiltIn' : 'policyGroupOwn') }),
              }),
            )}
            onChange={(name) => void run(name)}
          />
          <Button
            icon={FilePen}
            disabled={!inUse}
            onClick={() => {
              setEditing(inUse?.name ?? null);
            }}
          >
            {t('policyEdit')}
          </Button>
        </div>
      </Row>
      {inUse?.problem === null || inUse === undefined ? null : (
        <p role="alert" className="flex gap-2 bg-degraded-soft px-4 py-2.5 text-sm text-degraded-ink">
          <TriangleAlert size={15} aria-hidden className="mt-0.5 shrink-0" />
          {said(inUse.problem)}
        </p>
      )}
      <PolicyDialog
        name={editing}
        onClose={() => {
          setEditing(null);
        }}
      />
    </Section>
  );
}
