/** Text in one colour; one for each theme. */
export interface ColourRun {
  readonly text: string;
  readonly light: string;
  readonly dark: string;
}
export interface HighlightRequest {
  readonly id: number;
  readonly code: string;
  readonly language: string;
}
/** `lines` null: the language is unknown, or colouring failed. The code stays plain. */
export interface HighlightAnswer {
  readonly id: number;
  readonly lines: readonly (readonly ColourRun[])[] | null;
}

export const isHighlightRequest = (value: unknown): value is HighlightRequest =>
  typeof value === 'object' && value !== null && 'code' in value && 'language' in value && 'id' in value;
