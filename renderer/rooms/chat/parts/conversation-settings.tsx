import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import type { Conversation, Sampling } from '../../../../electron/contract/entities/chat.ts';
import { REASONING_EFFORTS } from '../../../../electron/contract/names.ts';
import { useCall } from '../../../link/index.ts';
import { Button, FormDialog, Input, Labelled, Select, Textarea } from '../../../kit/index.ts';
import { text as words } from '../text.ts';
import type { ChatTextKey } from '../text.ts';
import { updateConversation } from './conversation-actions.ts';

type Field = 'temperature' | 'topP' | 'maxTokens' | 'seed';
interface FieldFacts {
  readonly field: Field;
  readonly hint: ChatTextKey;
  readonly min: number;
  readonly max: number;
}

const FIELDS: readonly FieldFacts[] = [
  { field: 'temperature', hint: 'temperatureHint', min: 0, max: 2 },
  { field: 'topP', hint: 'topPHint', min: 0.01, max: 1 },
  { field: 'maxTokens', hint: 'maxTokensHint', min: 1, max: 1_000_000 },
  { field: 'seed', hint: 'seedHint', min: 0, max: 4_294_967_295 },
];

/** No choice of effort: the model's own. */
const DEFAULT = 'default';
const EFFORT_WORDS = {
  none: 'effortNone',
  minimal: 'effortMinimal',
  low: 'effortLow',
  medium: 'effortMedium',
  high: 'effortHigh',
  xhigh: 'effortXhigh',
} as const;

const NONE = 'none';
const OWN = 'own';
const PROMPTS = ['prompts'] as const;

const written = (sampling: Sampling): Record<Field, string> => ({
  temperature: sampling.temperature?.toString() ?? '',
  topP: sampling.topP?.toString() ?? '',
  maxTokens: sampling.maxTokens?.toString() ?? '',
  seed: sampling.seed?.toString() ?? '',
});

/** The value of a field; undefined when empty, null when it cannot be taken. */
function read({ field, min, max }: FieldFacts, value: string): number | undefined | null {
  if (value.trim() === '') return undefined;
  const number = Number(value.trim().replace(',', '.'));
  const whole = field === 'maxTokens' || field === 'seed';
  return Number.isFinite(number) && number >= min && number <= max && (!whole || Number.isInteger(number))
    ? number
    : null;
}

interface ConversationSettingsProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

/** System prompt and sampling of this conversation alone. An empty field means the model's own default. */
export function ConversationSettings({ conversation, onClose }: ConversationSettingsProps): ReactNode {
  const t = words.useText();
  const prompts = useCall('prompt.list', {}, { topics: PROMPTS }).data?.prompts ?? [];
  const [source, setSource] = useState(conversation.systemPrompt !== null ? OWN : (conversation.promptId ?? NONE));
  const [own, setOwn] = useState(conversation.systemPrompt ?? '');
  const [fields, setFields] = useState(() => written(conversation.sampling));
  const [effort, setEffort] = useState<string>(conversation.sampling.reasoningEffort ?? DEFAULT);
  const [busy, setBusy] = useState(false);
  const id = useId();

  const save = async (): Promise<void> => {
    if (FIELDS.some((facts) => read(facts, fields[facts.field]) === null)) return;
    setBusy(true);
    const others = Object.entries(conversation.sampling).filter(
      ([name]) => name !== 'reasoningEffort' && !FIELDS.some(({ field }) => field === name),
    );
    const sampling: Sampling = Object.fromEntries(others);
    for (const facts of FIELDS) {
      const value = read(facts, fields[facts.field]);
      if (typeof value === 'number') sampling[facts.field] = value;
    }
    const chosen = REASONING_EFFORTS.find((value) => value === effort);
    if (chosen) sampling.reasoningEffort = chosen;
    const saved = await updateConversation(conversation, {
      systemPrompt: source === OWN ? own : null,
      promptId: source === OWN || source === NONE ? null : source,
      sampling,
    });
    setBusy(false);
    if (saved) onClose();
  };

  return (
    <FormDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('conversationSettings')}
      submitLabel={t('save')}
      busy={busy}
      onSubmit={() => void save()}
      aside={
        <Button
          look="ghost"
          className="-ml-3"
          onClick={() => {
            setSource(NONE);
            setOwn('');
            setFields(written({}));
            setEffort(DEFAULT);
          }}
        >
          {t('resetDefaults')}
        </Button>
      }
    >
      <section aria-labelledby={`${id}-prompt`}>
        <h3 id={`${id}-prompt`} className="text-sm font-semibold text-ink">
          {t('systemPrompt')}
        </h3>
        <p className="mb-2 text-sm text-ink-3">{t('systemPromptHint')}</p>
        <Select
          label={t('promptSource')}
          value={source}
          onChange={setSource}
          className="w-full"
          options={[
            { value: NONE, label: t('promptDefault') },
            { value: OWN, label: t('promptOwn') },
            ...prompts.map((prompt) => ({ value: prompt.id, label: prompt.name })),
          ]}
          search
        />
        {source === OWN && (
          <Textarea
            aria-label={t('systemPrompt')}
            value={own}
            rows={5}
            maxLength={200_000}
            onChange={(event) => setOwn(event.target.value)}
            className="mt-2"
          />
        )}
      </section>
      <section aria-labelledby={`${id}-sampling`}>
        <h3 id={`${id}-sampling`} className="mb-2 text-sm font-semibold text-ink">
          {t('sampling')}
        </h3>
        <div className="grid grid-cols-2 gap-x-4 gap-y-3">
          {FIELDS.map((facts) => {
            const { field, hint, min, max } = facts;
            const bad = read(facts, fields[field]) === null;
            return (
              <Labelled
                key={field}
                label={t(field)}
                hint={t(hint)}
                problem={bad ? t('outOfRange', { name: t(field), min, max }) : null}
              >
                {(ids) => (
                  <Input
                    {...ids}
                    inputMode="decimal"
                    value={fields[field]}
                    placeholder={t('modelDefault')}
                    onChange={(event) => setFields({ ...fields, [field]: event.target.value })}
                    className="tabular"
                  />
                )}
              </Labelled>
            );
          })}
          <Labelled label={t('effort')} hint={t('effortHint')} className="col-span-2">
            {({ id: effortId }) => (
              <Select
                id={effortId}
                label={t('effort')}
                className="w-full"
                value={effort}
                options={[
                  { value: DEFAULT, label: t('modelDefault') },
                  ...REASONING_EFFORTS.map((value) => ({ value, label: t(EFFORT_WORDS[value]) })),
                ]}
                onChange={setEffort}
              />
            )}
          </Labelled>
        </div>
      </section>
    </FormDialog>
  );
}
