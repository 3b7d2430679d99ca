import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { type Exchange, exchanges } from '../../packages/stripe-sandbox/src/http/exchanges.ts'
import { shapesOf } from '../recorded/shapes.ts'

const file = join(inject('stripeExchanges'), `${process.pid}.jsonl`)
const known = new Set<string>()
const events = new Set<string>()

function isKnown(event: string): boolean {
  if (events.has(event)) return true
  events.add(event)
  return false
}

/** Keeps each shape of a request and of an answer once. */
function record(exchange: unknown): void {
  for (const shape of shapesOf(exchange as Exchange, isKnown)) {
    const line = JSON.stringify(shape)
    if (known.has(line)) continue
    known.add(line)
    appendFileSync(file, `${line}\n`)
  }
}

// A worker runs this before each file.
if (!exchanges.hasSubscribers) exchanges.subscribe(record)
