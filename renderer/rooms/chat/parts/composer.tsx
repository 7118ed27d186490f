import { ArrowUp, Square } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ClipboardEvent, KeyboardEvent, ReactNode } from 'react';
import { MAX_MESSAGE_CHARS } from '../../../../electron/contract/names.ts';
import { call, useSettings } from '../../../link/index.ts';
import { Button, cx, VisuallyHidden } from '../../../kit/index.ts';
import { usePlace } from '../../../state/index.ts';
import { text as words } from '../text.ts';
import type { Thread } from '../transcript/thread.ts';
import { refusal, sendMessage, stopTurn } from '../transcript/turns.ts';
import { ContextMeter } from './context-meter.tsx';
import type { ContextMeterHandle } from './context-meter.tsx';
import { createDraftKeeper } from './draft.ts';
import type { DraftKeeper } from './draft.ts';
import { PrivateNote } from './private-note.tsx';
import { RouteChoice } from './route-choice.tsx';
import type { SendChoice } from './route-choice.tsx';
import { selectLiveTurns, selectPrivate, useThread } from './use-thread.ts';

interface ComposerProps {
  readonly thread: Thread;
  readonly choice: SendChoice;
  readonly onChoice: (choice: SendChoice) => void;
}

/** From here on the box stops growing with its text: measuring megabytes at each key would hold up typing. */
const GROW_CHARS = 30_000;

const lastUserText = (thread: Thread): string => {
  for (let at = thread.total() - 1; at >= 0 && at > thread.total() - 40; at--) {
    const message = thread.at(at);
    if (message?.role === 'user') return message.text;
  }
  return '';
};

/** Where one writes. The text lives in the element alone: nothing that streams can hold up a key. */
export function Composer({ thread, choice, onChoice }: ComposerProps): ReactNode {
  const t = words.useText();
  const area = useRef<HTMLTextAreaElement>(null);
  const meter = useRef<ContextMeterHandle>(null);
  const drafts = useRef<DraftKeeper | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const live = useThread(thread, selectLiveTurns);
  const isPrivate = useThread(thread, selectPrivate) ?? choice.private;
  const settings = useSettings();
  const sendOnEnter = settings?.config.appearance.sendOnEnter ?? true;
  const turns = live === '' ? [] : live.split(' ');
  const focusCount = usePlace((place) => place.composerFocus);
  const handed = usePlace((place) => place.composerText);

  const changed = useCallback((value: string): void => {
    meter.current?.typed(value.length);
    const fixed = value.length > GROW_CHARS;
    if (area.current !== null) area.current.dataset['long'] = String(fixed);
    setProblem((now) => (now === null ? now : refusal(value) === now ? now : null));
  }, []);

  const write = useCallback(
    (value: string): void => {
      if (area.current === null) return;
      area.current.value = value;
      area.current.setSelectionRange(value.length, value.length);
      area.current.scrollTop = area.current.scrollHeight;
      changed(value);
    },
    [changed],
  );

  useEffect(() => {
    const keeper = createDraftKeeper(() => (thread.stored ? thread.conversationId : null));
    drafts.current = keeper;
    let alive = true;
    call('draft.get', { conversationId: thread.stored ? thread.conversationId : null })
      .then(({ text }) => {
        if (alive && area.current?.value === '' && text !== '') write(text);
      })
      .catch(() => undefined);
    return () => {
      alive = false;
      keeper.dispose();
    };
  }, [thread, write]);

  useEffect(() => area.current?.focus(), [focusCount, thread]);

  // A person can type now: the core warms its engine from here on.
  useEffect(() => {
    call('app.ready', {}).catch(() => undefined);
  }, []);

  useEffect(() => {
    if (handed === null) return;
    usePlace.getState().set({ composerText: null });
    write(handed);
    drafts.current?.note(handed);
    area.current?.focus();
  }, [handed, write]);

  const send = async (): Promise<void> => {
    const value = area.current?.value ?? '';
    const refused = refusal(value);
    setProblem(refused);
    area.current?.focus();
    if (refused !== null) return;
    drafts.current?.sent();
    write('');
    const sent = sendMessage(thread, value, { route: choice.route, private: choice.private });
    usePlace.getState().set({ conversationId: thread.conversationId });
    if (await sent) return;
    if (!thread.stored) usePlace.getState().set({ conversationId: null });
    if (area.current?.value === '') {
      write(value);
      drafts.current?.note(value);
    }
  };

  const stop = (): void => {
    const first = turns[0];
    if (first !== undefined) stopTurn(first);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const mod = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter' && !event.shiftKey && (sendOnEnter || mod)) {
      event.preventDefault();
      void send();
    } else if (event.key === 'ArrowUp' && !event.shiftKey && event.currentTarget.value === '') {
      const last = lastUserText(thread);
      if (last === '') return;
      event.preventDefault();
      write(last);
    } else if (event.key === 'Escape' && turns.length > 0) {
      event.preventDefault();
      stop();
    }
  };

  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
    const pasted = event.clipboardData.getData('text/plain');
    const { value } = event.currentTarget;
    if (pasted.length > GROW_CHARS) event.currentTarget.dataset['long'] = 'true';
    if (pasted.length + value.length <= MAX_MESSAGE_CHARS) return;
    // The box would be busy for seconds with what cannot be sent anyway; the clipboard still holds it.
    event.preventDefault();
    setProblem(refusal(value + pasted));
  };

  return (
    <div className="chat-column mx-auto w-full max-w-[calc(67ch+3rem)] px-2.5 pb-3">
      <form
        className="w-full rounded-lg bg-raised shadow-[0_0_0_1px_var(--line-strong)] focus-within:shadow-[0_0_0_2px_var(--focus)]"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        {turns.length > 1 && (
          <p className="px-3.5 pt-2 text-xs text-ink-3">{t('queueNote', { count: turns.length - 1 })}</p>
        )}
        {isPrivate && <PrivateNote id="composer-private" />}
        <textarea
          ref={area}
          data-composer
          aria-label={t('message')}
          aria-describedby={isPrivate ? 'composer-problem composer-private' : 'composer-problem'}
          aria-invalid={problem !== null}
          placeholder={t('placeholder')}
          rows={1}
          spellCheck
          className="chat-composer block max-h-[min(40vh,20rem)] min-h-11 w-full resize-none bg-transparent px-3.5 pt-2.5 pb-1.5 outline-none placeholder:text-ink-3"
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onInput={(event) => {
            const { value } = event.currentTarget;
            changed(value);
            drafts.current?.note(value);
          }}
          onBlur={() => drafts.current?.flush()}
        />
        <p
          id="composer-problem"
          role="alert"
          className={cx('px-3.5 text-sm text-failed-ink', problem !== null && 'pb-1.5')}
        >
          {problem}
        </p>
        <div className="flex items-center gap-1 px-2 pb-2">
          <RouteChoice thread={thread} choice={choice} onChoice={onChoice} />
          <span className="flex-1" />
          <ContextMeter ref={meter} thread={thread} />
          {turns.length > 0 && (
            <Button icon={Square} className="px-2.5" onClick={stop}>
              {t('stop')}
            </Button>
          )}
          <button
            type="submit"
            aria-label={t('send')}
            title={`${t('send')} · ${sendOnEnter ? t('newLineHint') : t('newLineHintMod', { mod: 'Ctrl' })}`}
            className="flex size-8 items-center justify-center rounded-md bg-accent text-on-accent hover:bg-accent-hover"
          >
            <ArrowUp size={17} aria-hidden />
          </button>
        </div>
      </form>
      <VisuallyHidden>{sendOnEnter ? t('newLineHint') : t('newLineHintMod', { mod: 'Ctrl' })}</VisuallyHidden>
    </div>
  );
}
