/** A receiver of a stream, over a line that may be slow. */
export interface Watcher {
  /** Whether the line takes more now. */
  readonly free: boolean
  send(text: string): void
  /** Resolves to true when the line takes more, at once where it does; to false when it never will again. */
  freed(): Promise<boolean>
  /** Nothing more comes, because the stream failed. */
  fail(error: unknown): void
}
