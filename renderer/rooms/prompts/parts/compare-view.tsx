import { Minus, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { cx } from '../../../kit/index.ts';
import { compareTexts, inline } from '../../../common/compare-texts.ts';
import { folded } from '../fold.ts';
import type { CompareRow, InlineLine, Line, Piece } from '../../../common/compare-texts.ts';
import type { DiffLayout } from '../state.ts';
import { promptsText } from '../text.ts';

export interface CompareViewProps {
  readonly before: string;
  readonly after: string;
  readonly leftNumber: number;
  readonly rightNumber: number;
  readonly layout: DiffLayout;
}

/** Two versions beside each other or in one column; signs and words carry the meaning besides colour. */
export const CompareView = ({ before, after, leftNumber, rightNumber, layout }: CompareViewProps): ReactElement => {
  const t = promptsText.useText();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const comparison = useMemo(() => compareTexts(before, after), [before, after]);
  if (comparison.added === 0 && comparison.removed === 0)
    return <p className="px-1 py-6 text-sm text-ink-2">{t('noDifference')}</p>;
  const openFold = (at: number): void => {
    setOpen(new Set([...open, at]));
  };
  const label = t('diffTable', { left: leftNumber, right: rightNumber });
  return (
    <div className="overflow-hidden rounded-lg border border-line">
      <table aria-label={label} className="w-full table-fixed border-collapse font-mono text-xs leading-5">
        {layout === 'side' ? (
          <Sides rows={comparison.rows} open={open} onOpen={openFold} left={leftNumber} right={rightNumber} />
        ) : (
          <OneColumn rows={comparison.rows} open={open} onOpen={openFold} left={leftNumber} right={rightNumber} />
        )}
      </table>
    </div>
  );
};

interface BodyProps {
  readonly rows: readonly CompareRow[];
  readonly open: ReadonlySet<number>;
  readonly onOpen: (at: number) => void;
  readonly left: number;
  readonly right: number;
}

const HEAD = 'border-b border-line bg-sunken px-2 py-1.5 text-left font-sans text-xs font-medium text-ink-2';

const Sides = ({ rows, open, onOpen, left, right }: BodyProps): ReactElement => {
  const t = promptsText.useText();
  return (
    <>
      <colgroup>
        <col className="w-10" />
        <col />
        <col className="w-10" />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col" colSpan={2} className={HEAD}>
            {t('version', { number: left })}
          </th>
          <th scope="col" colSpan={2} className={cx(HEAD, 'border-l')}>
            {t('version', { number: right })}
          </th>
        </tr>
      </thead>
      <tbody>
        {folded(rows, (row) => row.kind === 'same', open).map((item, at) =>
          item.fold ? (
            <FoldRow key={`f${String(item.at)}`} columns={4} item={item} onOpen={onOpen} />
          ) : (
            <tr key={at} className="align-top">
              <Side line={item.row.left} kind={item.row.kind === 'same' ? 'same' : 'removed'} />
              <Side line={item.row.right} kind={item.row.kind === 'same' ? 'same' : 'added'} edge />
            </tr>
          ),
        )}
      </tbody>
    </>
  );
};

const OneColumn = ({ rows, open, onOpen, left, right }: BodyProps): ReactElement => {
  const t = promptsText.useText();
  const lines = useMemo(() => inline(rows), [rows]);
  return (
    <>
      <colgroup>
        <col className="w-10" />
        <col className="w-10" />
        <col />
      </colgroup>
      <thead>
        <tr>
          <th scope="col" className={HEAD} aria-label={t('version', { number: left })}>
            {t('versionShort', { number: left })}
          </th>
          <th scope="col" className={HEAD} aria-label={t('version', { number: right })}>
            {t('versionShort', { number: right })}
          </th>
          <th scope="col" className={HEAD}>
            {t('text')}
          </th>
        </tr>
      </thead>
      <tbody>
        {folded<InlineLine>(lines, (line) => line.kind === 'same', open).map((item, at) =>
          item.fold ? (
            <FoldRow key={`f${String(item.at)}`} columns={3} item={item} onOpen={onOpen} />
          ) : (
            <tr key={at} className={cx('align-top', GROUND[item.row.kind])}>
              <NumberCell number={item.row.leftNumber} />
              <NumberCell number={item.row.rightNumber} />
              <TextCell kind={item.row.kind} pieces={item.row.pieces} />
            </tr>
          ),
        )}
      </tbody>
    </>
  );
};

type Kind = 'same' | 'removed' | 'added';
const GROUND: Record<Kind, string> = { same: '', removed: 'bg-failed-soft/60', added: 'bg-local-soft/60' };
const MARKED: Record<Kind, string> = {
  same: '',
  removed: 'rounded-xs bg-failed/25',
  added: 'rounded-xs bg-local/30',
};

const Side = ({
  line,
  kind,
  edge = false,
}: {
  readonly line: Line | null;
  readonly kind: Kind;
  readonly edge?: boolean;
}): ReactElement => {
  const ground = line === null ? 'bg-sunken' : GROUND[kind];
  const border = edge ? 'border-l border-line' : '';
  if (line === null)
    return (
      <>
        <td className={cx(ground, border)} />
        <td className={ground} />
      </>
    );
  return (
    <>
      <NumberCell number={line.number} className={cx(ground, border)} />
      <TextCell kind={kind} pieces={line.pieces} className={ground} />
    </>
  );
};

const NumberCell = ({
  number,
  className = '',
}: {
  readonly number: number | null;
  readonly className?: string;
}): ReactElement => (
  <td className={cx('px-2 text-right text-2xs leading-5 text-ink-3 select-none', className)}>{number}</td>
);

const TextCell = ({
  kind,
  pieces,
  className = '',
}: {
  readonly kind: Kind;
  readonly pieces: readonly Piece[];
  readonly className?: string;
}): ReactElement => (
  <td className={cx('px-2 break-words whitespace-pre-wrap', className)}>
    <span className="flex gap-1.5">
      <span className="flex h-5 w-3 shrink-0 items-center text-ink-3">
        <Sign kind={kind} />
      </span>
      <span className="min-w-0 flex-1">
        {pieces.map((piece, at) => (
          <PieceText key={at} piece={piece} kind={kind} />
        ))}
        {'\u200b'}
      </span>
    </span>
  </td>
);

const PieceText = ({ piece, kind }: { readonly piece: Piece; readonly kind: Kind }): ReactNode =>
  piece.changed ? <mark className={cx('text-ink', MARKED[kind])}>{piece.text}</mark> : piece.text;

const Sign = ({ kind }: { readonly kind: Kind }): ReactElement | null => {
  const t = promptsText.useText();
  if (kind === 'same') return null;
  const Icon = kind === 'added' ? Plus : Minus;
  return (
    <span role="img" aria-label={t(kind)}>
      <Icon size={12} aria-hidden />
    </span>
  );
};

const FoldRow = ({
  columns,
  item,
  onOpen,
}: {
  readonly columns: number;
  readonly item: { readonly at: number; readonly count: number };
  readonly onOpen: (at: number) => void;
}): ReactElement => {
  const t = promptsText.useText();
  return (
    <tr>
      <td colSpan={columns} className="border-y border-line bg-sunken p-0">
        <button
          type="button"
          className="h-8 w-full px-3 text-left font-sans text-xs text-ink-2 hover:bg-hover hover:text-ink"
          onClick={() => {
            onOpen(item.at);
          }}
        >
          {t('showUnchanged', { count: item.count })}
        </button>
      </td>
    </tr>
  );
};
