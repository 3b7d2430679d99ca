/** In the order in which they run. Append only: a released migration is never edited. */
export const migrationNames = [
  'Migration20261121000000Ledger',
  'Migration20261121090000Products',
  'Migration20261121100000Metered',
  'Migration20261121110000Catalogs',
  'Migration20261121120000Limits',
  'Migration20261121130000Payments',
  'Migration20261121140000Subscriptions',
  'Migration20261121150000MeteredBills',
  'Migration20261121160000Sweeping',
  'Migration20261121170000LiveSessions',
  'Migration20261121180000Access',
  'Migration20261121190000Placers',
  'Migration20261129100000Audit',
  'Migration20261129120000PeriodTotals',
  'Migration20261129130000RefundDays',
  'Migration20261129150000PillTokens',
] as const
