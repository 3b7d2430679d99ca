import { PublishCatalogDocument, type PublishCatalogMutation } from '../contract.ts'
import { counted, instant } from '../parts/formats.ts'
import { type Act, outcomeOf } from './act.ts'

export type Publication = { readonly source: string; readonly effectiveFrom: string | null }
export type PublishResult = PublishCatalogMutation['publishCatalog']

/** `told` hears the result, and shows the faults of the source at their places. */
export const publishCatalog = ({ source, effectiveFrom }: Publication, told: (result: PublishResult) => void): Act => ({
  title: 'Publish the catalog',
  fields: [],
  effect: () => {
    const when = effectiveFrom === null ? 'in about 3 seconds' : `at ${instant(effectiveFrom)}`
    const lines = counted(source.trimEnd().split('\n').length, 'line')
    return `${lines} go in force ${when}, in every gateway and for every team: plans, packages and prices. A source with a fault changes nothing. A publication cannot be withdrawn, only followed by another one.`
  },
  confirm: 'Publish',
  isDangerous: true,
  send: async (request) => {
    const { publishCatalog } = await request(PublishCatalogDocument, { input: { source, effectiveFrom } })
    told(publishCatalog)
    if (publishCatalog.__typename === 'InvalidCatalog') return { shown: true }
    return outcomeOf(
      publishCatalog,
      ({ version, effectiveFrom: from }) => `The catalog ${version} is in force from ${instant(from)} on`,
    )
  },
})
