import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import type { SpokenMessage } from '../../../../electron/contract/entities/trace-content.ts';
import { Button, ErrorState, Skeleton } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { toolsText } from '../tools/text.ts';
import { MissingWords } from './missing.tsx';

/** Longer texts open on demand: a pane of a megabyte helps nobody, in UTF-16 units. */
const SHOWN_CHARS = 4000;

/** What was sent and what came back, in words. */
export const MessagesPane = ({ trace }: { readonly trace: Trace }): ReactElement => {
  const t = toolsText.useText();
  const { data, fault, refetch } = useCall(
    'trace.messages',
    { traceId: trace.id },
    { topics: [`trace:${trace.id}`, 'settings'] },
  );
  if (data === undefined)
    return fault === null ? (
      <Skeleton lines={6} />
    ) : (
      <ErrorState text={t('paneFailed', { detail: fault.detail })} onRetry={refetch} />
    );
  if (data.missing !== null) return <MissingWords missing={data.missing} />;
  return (
    <>
      <section aria-label={t('sent')}>
        <div className="mb-2 flex flex-wrap items-baseline gap-x-3">
          <h3 className="text-sm font-semibold">{t('sent')}</h3>
          <span className="text-xs text-ink-3">
            {t(data.from === 'conversation' ? 'fromConversation' : 'fromTrace')}
          </span>
        </div>
        {data.omitted > 0 ? <p className="mb-2 text-xs text-ink-3">{t('omitted', { count: data.omitted })}</p> : null}
        <ol className="divide-y divide-line border-y border-line">
          {data.messages.map((message, at) => (
            <li key={at}>
              <Spoken message={message} />
            </li>
          ))}
        </ol>
      </section>
      <section aria-label={t('cameBack')}>
        <h3 className="mb-2 text-sm font-semibold">{t('cameBack')}</h3>
        <div className="border-y border-line">
          {data.answer === null || data.answer === '' ? (
            <p className="py-2 text-sm text-ink-2">{t('noAnswer')}</p>
          ) : (
            <Spoken message={{ role: 'assistant', text: data.answer }} />
          )}
        </div>
      </section>
    </>
  );
};

const Spoken = ({ message }: { readonly message: SpokenMessage }): ReactElement => {
  const t = toolsText.useText();
  const [whole, setWhole] = useState(false);
  const { role, text, toolCalls, images = 0 } = message;
  const long = text.length > SHOWN_CHARS && !whole;
  return (
    <div className="grid gap-x-4 gap-y-1 py-2.5 @container sm:grid-cols-[4.5rem_minmax(0,1fr)]">
      <span className="text-xs leading-6 font-medium text-ink-3">{t(`role.${role}`)}</span>
      <div className="min-w-0">
        {text === '' ? null : (
          <p className="max-w-[72ch] text-sm leading-6 break-words whitespace-pre-wrap select-text">
            {long ? `${text.slice(0, SHOWN_CHARS)}…` : text}
          </p>
        )}
        {long ? (
          <Button
            look="ghost"
            className="-ml-3"
            onClick={() => {
              setWhole(true);
            }}
          >
            {t('showAll')}
          </Button>
        ) : null}
        {toolCalls?.map((call) => (
          <div key={call.id} className="mt-1 text-xs">
            <span className="text-ink-2">{t('toolCall', { name: call.name })}</span>
            <pre className="mt-1 overflow-x-auto rounded-md bg-sunken px-2.5 py-1.5 font-mono text-xs select-text">
              {call.argumentsText}
            </pre>
          </div>
        ))}
        {images > 0 ? <p className="text-xs text-ink-3">{t('images', { count: images })}</p> : null}
      </div>
    </div>
  );
};
