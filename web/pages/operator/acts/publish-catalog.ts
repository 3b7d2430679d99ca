import { PublishCatalogDocument } from '../contract.ts'
import { counted, instant } from '../parts/formats.ts'
import { type Act, type Outcome, outcomeOf } from './act.ts'

export type Publication = { readonly source: string; readonly effectiveFrom: string | null }
type Told = (outcome: Outcome, changes: readonly string[]) => void

/** `told` hears what it came to, also where the dialog has closed. */
export const publishCatalog = ({ source, effectiveFrom }: Publication, told: Told): Act => ({
  title: 'Publish the catalog',
  fields: [],
  effect: () => {
    const when = effectiveFrom === null ? 'in about 3 seconds' : `at ${instant(effectiveFrom)}`
    return `${counted(source.split('\n').length, 'line')} go in force ${when}, in every gateway and for every team: plans, packages and prices. Faults are told before anything changes. A publication cannot be withdrawn, only followed by another one.`
  },
  confirm: 'Publish',
  isDangerous: true,
  send: async (request) => {
    const { publishCatalog } = await request(PublishCatalogDocument, { input: { source, effectiveFrom } })
    const changes = publishCatalog.__typename === 'PublishedCatalog' ? publishCatalog.changes : []
    const outcome = outcomeOf(
      publishCatalog,
      ({ version, effectiveFrom: from }) => `The catalog ${version} is in force from ${instant(from)} on`,
    )
    told(outcome, changes)
    return outcome
  },
})
