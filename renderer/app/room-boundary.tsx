import { Component } from 'react';
import type { ReactNode } from 'react';
import { ErrorState } from '../kit/index.ts';
import { appText } from './text.ts';

interface Props {
  readonly children: ReactNode;
}
interface State {
  readonly detail: string | null;
}

/** One room's error leaves the rest of the window alive. */
export class RoomBoundary extends Component<Props, State> {
  override state: State = { detail: null };

  static getDerivedStateFromError(error: unknown): State {
    return { detail: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.detail === null) return this.props.children;
    return (
      <ErrorState
        className="h-full"
        text={appText.t('roomFailed', { detail: this.state.detail })}
        onRetry={() => this.setState({ detail: null })}
      />
    );
  }
}
