import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Submission } from '../ledger/deciding/team-state.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Route } from './route.ts'

export type Metrics = ReturnType<typeof createMetrics>

/**
 * The metrics that /metrics shows. They have a registry of their own, so that several gateways can run in one process.
 */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'credits_http_requests_total',
    help: 'HTTP requests by path and status; those of the test space have the label space="test".',
    labelNames: ['path', 'status', 'space'] as const,
    registers,
  })
  const commands = new Counter({
    name: 'credits_commands_total',
    help: 'Ledger commands by kind and outcome: what happened, the code of a refusal, or failed.',
    labelNames: ['kind', 'outcome'] as const,
    registers,
  })
  const commandSeconds = new Histogram({
    name: 'credits_command_seconds',
    help: 'From the submission of a command to its durable answer.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  })
  const stripeEvents = new Counter({
    name: 'credits_stripe_events_total',
    help: 'Events of Stripe by type and what became of them: handled, foreign, ignored, failed or refused.',
    labelNames: ['type', 'result'] as const,
    registers,
  })
  const stripeRefusals = new Counter({
    name: 'credits_stripe_refusals_total',
    help: 'Requests that the Stripe key does not allow, by status: 401 or 403. The log names the missing permission.',
    labelNames: ['status'] as const,
    registers,
  })
  const socketsClosed = new Counter({
    name: 'credits_sockets_closed_total',
    help: 'WebSockets that were closed, by close code: ours, those with which clients leave, or other; those of the test space have the label space="test".',
    labelNames: ['code', 'space'] as const,
    registers,
  })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const gaugeBySpace = (name: string, help: string, read: (ofTests: boolean) => number) =>
    new Gauge({
      name,
      help: `${help} Those of the test space have the label space="test".`,
      labelNames: ['space'] as const,
      registers,
      collect() {
        for (const ofTests of [false, true]) this.set(spaceLabel(ofTests), read(ofTests))
      },
    })
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  const show: Route = async (_request, response) => {
    response.writeHead(200, { 'Content-Type': registry.contentType }).end(await registry.metrics())
  }
  return {
    registry,
    requests,
    commands,
    commandSeconds,
    stripeEvents,
    stripeRefusals,
    socketsClosed,
    gauge,
    gaugeBySpace,
    counter,
    show,
  }
}

/** The labels of what the whole process has: the series without a label is production's. */
export const spaceLabel = (ofTests: boolean): { space?: 'test' } => (ofTests ? { space: 'test' } : {})

/** The ledger, with every command counted by its outcome. */
export function measured(ledger: Ledger, { commands, commandSeconds }: Metrics): Ledger {
  const settled = ({ command }: Submission, begun: number, outcome: string) => {
    commands.inc({ kind: command.kind, outcome })
    commandSeconds.observe((performance.now() - begun) / 1000)
  }
  return {
    underWay: () => ledger.underWay(),
    idle: () => ledger.idle(),
    async submit(submission) {
      const begun = performance.now()
      try {
        const answer = await ledger.submit(submission)
        settled(submission, begun, outcomeOf(answer.outcome))
        return answer
      } catch (error) {
        settled(submission, begun, 'failed')
        throw error
      }
    },
    async submitAll(submissions) {
      const begun = performance.now()
      const results = await ledger.submitAll(submissions)
      submissions.forEach((submission, index) => {
        const result = results[index]
        settled(submission, begun, result?.status === 'fulfilled' ? outcomeOf(result.value.outcome) : 'failed')
      })
      return results
    },
  }
}

type Outcome = Awaited<ReturnType<Ledger['submit']>>['outcome']

const outcomeOf = (outcome: Outcome): string => (outcome.kind === 'refused' ? outcome.failure.code : outcome.kind)
