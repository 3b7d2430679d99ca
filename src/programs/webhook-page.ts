import type { AccountEventType } from '../domain/event-type.ts'
import { accountEventTypes } from '../domain/event-type.ts'
import { operations } from '../schema/descriptions/operations.ts'

/** The description of each type of event, as the API's schema has it. */
const descriptionOf = (type: AccountEventType): string => operations[`AccountEventType.${type}`] ?? ''

const id = 'https://github.com/credits-gateway/credits-gateway/docs/webhook-events.schema.json'

/** The body of a webhook as JSON Schema (2020-12). */
export function eventJsonSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title: 'A webhook of the Credits Gateway',
    type: 'object',
    required: ['type', 'timestamp', 'data'],
    properties: {
      type: {
        description: 'The type of the event. More types may be added: ignore those that you do not know.',
        oneOf: accountEventTypes.map((type) => ({ const: type, description: descriptionOf(type) })),
      },
      timestamp: { type: 'string', format: 'date-time', description: 'The instant at which the event took effect.' },
      data: {
        type: 'object',
        required: ['id', 'team', 'revision'],
        properties: {
          id: {
            type: 'string',
            description: 'The id of the event, the same as `webhook-id` and as in `accountEvents`.',
          },
          team: { type: 'string', description: "The team's id; of a test event the owner's, empty for the operator." },
          revision: {
            type: 'integer',
            minimum: 0,
            description:
              "The place in the team's ledger: what you read of the team at this revision or later has the event.",
          },
          event: { description: "The endpoint's selection of `AccountEvent`; absent where it has none." },
          errors: {
            type: 'array',
            description: 'Errors of selected fields, in the form of GraphQL; absent without any.',
          },
        },
      },
    },
  }
}

/** The table of docs/webhooks.md. */
export const eventTable = (): string =>
  [
    '| type | what happened |',
    '|---|---|',
    ...accountEventTypes.map((type) => `| \`${type}\` | ${descriptionOf(type)} |`),
  ].join('\n')

const mark = '<!-- Written by `npm run print-schema` from the descriptions of the API: change them there. -->'

/** The page with its table written anew. */
export function withEventTable(page: string): string {
  const [before = '', rest = ''] = page.split(mark)
  const after = rest.replace(/^\n+(\|.*\n)*/, '')
  return `${before}${mark}\n\n${eventTable()}\n${after}`
}
