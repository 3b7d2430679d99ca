import { z } from 'zod'
import { currency, parameters } from '../api/parameters.ts'

/** Values by currency, such as `currency_options[eur][amount_off]`. */
export const currencyOptions = <T extends z.ZodRawShape>(values: T) => z.record(currency, parameters(values))
