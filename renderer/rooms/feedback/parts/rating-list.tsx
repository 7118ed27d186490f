import { MessageSquare, ThumbsDown, ThumbsUp, Waypoints } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Feedback } from '../../../../electron/contract/entities/chat.ts';
import { Badge, IconButton, Time } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { feedbackText } from '../text.ts';

/** Each rating as a row that tells the story: what was asked, what came, what the person thought of it. */
export const RatingList = ({
  items,
  versionName,
}: {
  readonly items: readonly Feedback[];
  readonly versionName: (versionId: string | null) => string;
}): ReactElement => {
  const t = feedbackText.useText();
  return (
    <table aria-label={t('list')} className="w-full table-fixed text-sm">
      <thead>
        <tr className="border-b border-line text-left text-xs text-ink-3">
          <th scope="col" className="w-36 py-1.5 pr-3 pl-4 font-medium">
            {t('column.rating')}
          </th>
          <th scope="col" className="px-3 py-1.5 font-medium">
            {t('column.answer')}
          </th>
          <th scope="col" className="w-44 px-3 py-1.5 font-medium max-lg:hidden">
            {t('column.model')}
          </th>
          <th scope="col" className="w-24 px-3 py-1.5 text-right font-medium">
            {t('column.date')}
          </th>
          <th scope="col" className="w-24 py-1.5 pr-4 pl-2 text-right font-medium">
            {t('column.go')}
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <RatingRow key={item.id} item={item} versionName={versionName} />
        ))}
      </tbody>
    </table>
  );
};

const RatingRow = ({
  item,
  versionName,
}: {
  readonly item: Feedback;
  readonly versionName: (versionId: string | null) => string;
}): ReactElement => {
  const t = feedbackText.useText();
  const { openConversation, openTrace } = usePlace.getState();
  const Thumb = item.rating === 'up' ? ThumbsUp : ThumbsDown;
  const made = (
    <>
      {item.modelName === null ? (
        <span className="text-ink-3">{t('noModel')}</span>
      ) : (
        <Badge tone={item.route ?? 'neutral'} look="plain">
          {item.modelName}
        </Badge>
      )}
      <span className="block truncate text-xs text-ink-3">{versionName(item.promptVersionId)}</span>
    </>
  );
  return (
    <tr className="border-b border-line/60 align-top hover:bg-hover/50">
      <td className="py-2.5 pr-3 pl-4">
        <span className="flex items-center gap-2 font-medium">
          <Thumb size={15} aria-hidden className={item.rating === 'up' ? 'text-ink-2' : 'text-failed-ink'} />
          {t(`ratingShort.${item.rating}`)}
        </span>
        {item.reason === null ? null : (
          <span className="mt-0.5 block pl-6 text-xs text-ink-2">{t(`reason.${item.reason}`)}</span>
        )}
      </td>
      <td className="px-3 py-2.5">
        <span className="line-clamp-1 font-medium break-words">
          {item.question === '' ? t('noText') : item.question}
        </span>
        <span className="mt-0.5 line-clamp-2 break-words text-ink-2">
          {item.answer === '' ? t('noText') : item.answer}
        </span>
        {item.note === '' ? null : (
          <span className="mt-1.5 block border-l-2 border-line-strong pl-2 text-ink">
            <span className="sr-only">{`${t('note')}: `}</span>
            <span className="line-clamp-4 break-words whitespace-pre-wrap">{item.note}</span>
          </span>
        )}
        <span className="mt-1 block lg:hidden">{made}</span>
      </td>
      <td className="px-3 py-2.5 max-lg:hidden">{made}</td>
      <td className="px-3 py-2.5 text-right">
        <Time at={item.createdAt} className="text-xs whitespace-nowrap text-ink-3" />
      </td>
      <td className="py-1.5 pr-3 pl-2">
        <span className="flex justify-end">
          <IconButton
            icon={MessageSquare}
            label={t('toReply')}
            onClick={() => {
              openConversation(item.conversationId, item.messageId);
            }}
          />
          <IconButton
            icon={Waypoints}
            label={t('toTrace')}
            onClick={() => {
              openTrace(item.traceId);
            }}
          />
        </span>
      </td>
    </tr>
  );
};
