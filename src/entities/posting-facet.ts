import { defineEntity, p } from '@mikro-orm/core'

/** The rates, members, types, references and grants by which postings are found, up to the team's last checkpoint. */
export const PostingFacetEntity = defineEntity({
  name: 'PostingFacet',
  tableName: 'posting_facet',
  properties: {
    teamId: p.text().primary(),
    facet: p.text().primary(),
    value: p.text().primary(),
    posting: p.bigint('number').primary(),
  },
})
