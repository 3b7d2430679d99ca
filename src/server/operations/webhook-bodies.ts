import {
  type DocumentNode,
  executeSubscriptionEvent,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type ValidatedSubscriptionArgs,
  validateSubscriptionArgs,
} from 'graphql'
import { Lane } from '../../concurrency/lane.ts'
import type { ReadingClient } from '../../database/readings.ts'
import type { TeamId } from '../../domain/identity.ts'
import { isStorable } from '../../domain/names.ts'
import { type EventPosition, readEventAt } from '../../ledger/history/account-events.ts'
import { type AccountEventThen, readTeamsThen } from '../../live/event-tail.ts'
import type { SelectedFields } from '../../partners/body.ts'
import type { EventViews } from '../../partners/event-views.ts'
import { type Services, sharedContextOf } from '../../resolvers/request/context.ts'
import { encodeId } from '../../resolvers/request/ids.ts'
import { markMeasured } from '../../schema/limits.ts'
import { sizeOf, sizeRefusal } from '../../schema/size.ts'
import { boundedError, maxErrors } from '../limits/error-limits.ts'
import { parseDocument } from './document-limits.ts'
import { type MaskError, outageCodes, toPublic } from './masking.ts'
import { createValidation } from './validation.ts'

export type WebhookBodiesOptions = {
  readonly schema: GraphQLSchema
  readonly services: () => Services
  readonly mask: MaskError
}

const documentOf = (selection: string): DocumentNode => parseDocument(`subscription { accountEvents ${selection} }`)

/** Whether the selection has not closed the field that it was put into, and begun something else. */
function isOneField({ definitions }: DocumentNode): boolean {
  const [operation, ...others] = definitions
  if (others.length > 0 || operation?.kind !== Kind.OPERATION_DEFINITION) return false
  const [field, ...more] = operation.selectionSet.selections
  return more.length === 0 && field?.kind === Kind.FIELD && field.name.value === 'accountEvents'
}

/** The bodies that may wait for a turn: far more than there are streams of events. */
const maxWaiting = 100_000
const taken = { status: 'fulfilled', value: undefined } as const

/**
 * One body of a space begins in each turn of the event loop, and its teams take turns. Thousands of streams may have
 * something to send at once, and requests would wait behind all of their bodies.
 */
const turnsOfTeams = () =>
  new Lane<TeamId, undefined>(async (teams) => teams.map(() => taken), {
    batch: 1,
    largestBatch: 1,
    parallel: 1,
    capacity: maxWaiting,
    ownerOf: (teamId) => teamId,
  })

/**
 * The fields of an event that an endpoint has selected. They are read with the role VIEWER of the event's team, so a body
 * has nothing of another team, whoever made the endpoint.
 */
export function createWebhookBodies({ schema, services, mask }: WebhookBodiesOptions): EventViews {
  const validate = createValidation(schema)
  const turns = turnsOfTeams()

  async function fieldsOf(args: ValidatedSubscriptionArgs, rootValue: AccountEventThen): Promise<SelectedFields> {
    const { data, errors = [] } = await executeSubscriptionEvent({ ...args, rootValue })
    const told = errors.slice(0, maxErrors).map((error) => toPublic(mask(error)))
    // The event is sent once the outage is over.
    const outage = told.find(({ extensions }) => outageCodes.has(extensions.code))
    if (outage !== undefined) throw outage
    const event = data?.accountEvents ?? null
    return told.length === 0 ? { event } : { event, errors: told }
  }

  return {
    idOf: (teamId, { revision, number }) => encodeId('Event', `${revision}.${number}`, teamId),
    selectionRefusal(selection) {
      if (!isStorable(selection)) return 'it has a character that is not stored: leave out U+0000 and half surrogates'
      try {
        const document = documentOf(selection)
        if (!isOneField(document)) return 'give the fields of an event in one pair of braces, without fragments'
        const [error = sizeRefusal(sizeOf({ schema, document }), 'subscription')] = validate(document)
        return error === null ? null : withoutStop(error.message)
      } catch (error) {
        if (error instanceof GraphQLError) return withoutStop(withoutLongToken(boundedError(error).message))
        return error instanceof Error ? withoutStop(error.message) : String(error)
      }
    },
    async select(selection, teamId, positions) {
      const contextValue = sharedContextOf({ teamId, role: 'VIEWER' }, services())
      markMeasured(contextValue)
      const args = validateSubscriptionArgs({ schema, document: documentOf(selection), contextValue })
      if (!('operation' in args)) throw new AggregateError(args, 'A stored selection is not valid any more')
      const events = await readThen(services(), teamId, positions)
      const fields: SelectedFields[] = []
      for (const event of events) {
        await turns.one(teamId)
        fields.push(await fieldsOf(args, event))
      }
      return fields
    },
  }
}

/** The parser quotes the token that it has found: a long one is left out. */
const withoutLongToken = (message: string): string => message.replace(/((?:found|Unexpected) \w+) ".{40,}$/s, '$1')
const withoutStop = (message: string): string => message.replace(/\.$/, '')

/** The events at these positions, with the team as it stood right after each. */
async function readThen(
  { database, teams }: Services,
  teamId: TeamId,
  positions: readonly EventPosition[],
): Promise<AccountEventThen[]> {
  const read = async (client: ReadingClient) => {
    const found = await Promise.all(positions.map((position) => readEventAt(client, teamId, position)))
    const events = found.filter((event) => event !== null)
    const revisions = events.map(({ revision }) => revision)
    return { events, teamsThen: await readTeamsThen(client, teams, teamId, revisions) }
  }
  const reading = database.readings.read({ caller: `webhooks ${teamId}` }, ({ snapshot }) => snapshot(read))
  const { events, teamsThen } = await reading
  return events.map((event, index) => {
    const teamThen = teamsThen[index]
    if (teamThen === undefined) throw new Error(`${teamId} has an event without a history`)
    return { ...event, teamThen: async () => teamThen }
  })
}
