import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Held } from './limits/held-bytes.ts'

/** Answers one request; a thrown error becomes a 500. `held` counts the bytes of a body. */
export type Route = (request: IncomingMessage, response: ServerResponse, held?: Held) => void | Promise<void>
