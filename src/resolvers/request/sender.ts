/** The sender of a request. */
export type Sender = {
  /** The client's network address, as far as trusted proxies tell it. Null: it isn't known. */
  readonly address: string | null
  /** The trace id of a valid `traceparent`: 32 hex digits. Null: the request has none. */
  readonly traceId: string | null
}

export const unknownSender: Sender = { address: null, traceId: null }

/** Source: W3C Trace Context, `traceparent`. Later versions may add fields after the flags. */
const traceparentShape = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}($|-)/

export function senderOf(address: string | null, traceparent?: string | string[]): Sender {
  const [, version, traceId, end] = (typeof traceparent === 'string' && traceparentShape.exec(traceparent)) || []
  const isValid = traceId !== undefined && (version !== '00' || end === '')
  return { address, traceId: isValid ? traceId : null }
}
