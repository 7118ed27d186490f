import { Copy } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Trace } from '../../../../electron/contract/entities/trace.ts';
import { ErrorState, IconButton, Skeleton } from '../../../kit/index.ts';
import { useCall } from '../../../link/index.ts';
import { toClipboard } from '../tools/clipboard.ts';
import { toolsText } from '../tools/text.ts';
import { MissingWords } from './missing.tsx';

/** The request as it goes out and what was read of the answer. */
export const RawPane = ({ trace }: { readonly trace: Trace }): ReactElement => {
  const t = toolsText.useText();
  const { data, fault, refetch } = useCall(
    'trace.raw',
    { traceId: trace.id },
    { topics: [`trace:${trace.id}`, 'settings', 'providers'] },
  );
  if (data === undefined)
    return fault === null ? (
      <Skeleton lines={6} />
    ) : (
      <ErrorState text={t('paneFailed', { detail: fault.detail })} onRetry={refetch} />
    );
  return (
    <>
      {data.request === null ? (
        <MissingWords missing={data.missing ?? 'not-kept'} />
      ) : (
        <Raw
          title={t('rawRequest')}
          note={t(data.request.startsWith('POST ') ? 'rawRequestNote' : 'rawLocalNote')}
          text={data.request}
        />
      )}
      <Raw title={t('rawAnswer')} note={t('rawAnswerNote')} text={data.answer} />
    </>
  );
};

const Raw = ({
  title,
  note,
  text,
}: {
  readonly title: string;
  readonly note: string;
  readonly text: string;
}): ReactElement => {
  const t = toolsText.useText();
  return (
    <section aria-label={title} className="min-w-0">
      <div className="flex items-center gap-3">
        <h3 className="text-sm font-semibold">{title}</h3>
        <IconButton
          className="ml-auto"
          icon={Copy}
          label={`${t('copyThis')}: ${title}`}
          onClick={() => {
            toClipboard(text, title);
          }}
        />
      </div>
      <p className="mb-2 text-xs text-ink-3">{note}</p>
      <pre
        tabIndex={0}
        aria-label={title}
        className="scroll-y max-h-[60vh] rounded-lg border border-line bg-sunken px-3 py-2.5 font-mono text-xs leading-5 break-words whitespace-pre-wrap select-text"
      >
        {text}
      </pre>
    </section>
  );
};
