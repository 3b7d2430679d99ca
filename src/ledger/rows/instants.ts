/** An instant as SQL reads it out, in milliseconds, so that none is lost. */
export const ms = (column: string, as = column) => `(extract(epoch from ${column}) * 1000)::float8 as ${as}`

/** An instant as SQL takes it in: of a parameter (`$1::float8`) or column in milliseconds. */
export const instant = (milliseconds: string) => `to_timestamp(${milliseconds} / 1000.0)`
